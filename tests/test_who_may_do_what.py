"""Every address × every role × what is one's own, foreign or nonexistent: who is let in, and which values they see.

The expectations stand in `tests/matrix/table.py`, copied by hand from the table of the architecture.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from difflib import unified_diff
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.admin.utils import quote
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from staff.models import Person
from tests.access.cast import Cast, last_event
from tests.access.conftest import cast
from tests.desk.at_work import text
from tests.matrix.table import (
    ACCOUNT,
    ADMIN,
    CLEAR,
    CLOSED_FOR_EVERYBODY,
    GOVERNS,
    LISTED,
    MASKED,
    PUBLIC,
    REQUEST,
    ROLES,
    ROWS,
    SCREENS,
    TABLE,
    Row,
    seen,
)
from tests.matrix.world import MASKS, NUMBERS, OPEN, SEALED, Visit, World, undone

pytestmark = pytest.mark.django_db(databases=["default", "keyring", "restricted"])
__all__ = ["cast"]

DERIVED = ("birth_year", "gender", "id_region")
WHICH = ("own", "foreign", "none")
TOKEN = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"|csrf-token" content="[^"]*"|"X-CSRFToken": "[^"]*"'
)
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d|data-ends=\"\d+\"")


@pytest.fixture
def world(cast: Cast) -> World:
    return World(cast)


def address(visit: Visit, row: Row, which: str) -> str:
    arguments = visit.arguments(row.object, which)
    found = reverse(f"desk:{row.name}", kwargs=arguments or None)
    return (
        f"{found}?at={visit.world.at.isoformat().replace('+', '%2B')}"
        if row.name in {"event", "event_text"}
        else found
    )


def ask(visit: Visit, row: Row, which: str):
    """Send one request, and take back what it did."""
    target = address(visit, row, which)
    visit.stay()
    cookies = deepcopy(visit.client.cookies)
    with undone():
        answer: Any
        if row.method == "GET":
            answer = visit.client.get(target)
        else:
            answer = visit.client.post(target, visit.form(row.form, visit.arguments(row.object, which)))
        answer.words = text(answer) if answer.status_code != 302 else ""
    visit.client.cookies = cookies
    return answer


def asked_for(row: Row, role: str) -> tuple[str, ...]:
    """Return what a row is asked for. Whom its page is closed to learns nothing from a foreign thing.

    A page that looked at the thing before it refuses would answer what does not exist with 404.
    """
    if not row.object:
        return ("own",)
    return ("own", "none") if row.sign(role) == "." else WHICH


def expected_status(row: Row, role: str, which: str) -> int:
    sign = row.sign(role)
    if sign == ".":
        return 403
    if which == "none" or sign == "n" or (which == "foreign" and sign in "yr"):
        return row.absent
    if sign in "rR" or (which == "foreign" and sign == "q"):
        return 409
    return dict(row.differs).get(role, row.status)


def shown(words: str, here: int) -> dict[str, str]:
    """Return which values of the own (0) or the foreign (1) customer stand in an answer."""
    found = {code: MASKED for code, masks in MASKS.items() if masks[here] in words}
    return found | {code: CLEAR for code, values in (OPEN | SEALED).items() if values[here] in words}


def expected_values(row: Row, role: str, which: str, here: int) -> dict[str, str]:
    """Return which values of customer `here` an answer shows, of those that can be told by their looks."""
    lists_everybody = row.name == "customer_list" and role == "officer"
    if here != (which == "foreign") and not lists_everybody:
        return {}
    known = {code: view for code, view in seen(role).items() if view == CLEAR or code in MASKS}
    known.pop("surname", None)  # part of every full name
    if row.shows == "list":
        return {code: view for code, view in known.items() if code in LISTED}
    if row.shows == "recent":
        return {"full_name": CLEAR} if role in {"agent", "supervisor", "head"} else {}
    if row.shows == "reveal":
        return {"mobile": CLEAR} if role in {"supervisor", "head"} else {}
    if row.shows == "history":
        return {"mobile": MASKED}
    return known if row.shows else {}


@pytest.mark.parametrize("role", ROLES)
def test_every_address_answers_as_the_table_says(world: World, role: str) -> None:
    visit = world.visit(role)
    if role in {"agent", "supervisor", "head"}:
        visit.arguments("contact", "own")  # so that the start page has somebody to show
    wrong = []
    for row in ROWS:
        told = {}
        for which in asked_for(row, role):
            answer = ask(visit, row, which)
            told[which] = bare(answer, visit.arguments(row.object, which))
            wanted = expected_status(row, role, which)
            asked = f"{row.method} {row.name} ({row.object or 'no object'}, {which})"
            if answer.status_code != wanted:
                wrong.append(f"{asked} answers {answer.status_code}, not {wanted}")
            for here in (0, 1):
                hopes = expected_values(row, role, which, here) if answer.status_code == 200 else {}
                found = shown(answer.words, here)
                if found != hopes:
                    wrong.append(f"{asked} shows of customer {here}: {found}, not {hopes}")
                page = answer.headers.get("Content-Type", "").startswith("text/html")
                if page and found.keys() & SEALED.keys() and "data-watermark" not in answer.words:
                    wrong.append(f"{asked} shows L3 without the viewer's name and the time behind it")
        other = "foreign" if "foreign" in told else "own"
        same = row.object and expected_status(row, role, other) == expected_status(row, role, "none")
        if same and told[other] != told["none"]:
            how = differences(told[other], told["none"])
            wrong.append(f"{row.method} {row.name} tells the {other} from the nonexistent: {how}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", ["agent", "supervisor", "head", "officer"])
def test_a_card_shows_each_value_as_the_table_says_and_no_other(world: World, role: str) -> None:
    visit = world.visit(role)
    words = text(visit.client.get(reverse("desk:customer", kwargs=visit.arguments("ref", "own"))))
    views = {}
    for block in words.split('data-field="')[1:]:
        code, rest = block.split('"', 1)
        (looks,) = re.findall(r'class="(clear-value|masked|hidden-value)"', rest.split("value-acts")[0])
        views[code] = {"clear-value": CLEAR, "masked": MASKED}.get(looks, "hidden")
    assert views == seen(role) | dict.fromkeys(DERIVED, MASKED if role == "officer" else CLEAR)


def test_every_address_has_a_row() -> None:
    ours = {name for name in names() if name.startswith("desk:")}
    assert ours == {f"desk:{row.name}" for row in ROWS}
    rest = {name for name in names() if not name.startswith(("desk:", "admin:"))} - {"?"}
    assert rest == {*ACCOUNT, *CLOSED_FOR_EVERYBODY}
    screens = {f"admin:{model}_{page}" for model in SCREENS for page in PAGES_OF_A_SCREEN}
    assert {name for name in names() if name.startswith("admin:")} == screens | {
        f"admin:{name}" for name in (*ADMIN, "login")
    }


def test_the_rows_say_what_the_table_says() -> None:
    """Where a cell is a dash for every part of an act, no row lets the role in; where it is not, one does."""
    for act, cells in TABLE.items():
        rows = [row for row in ROWS if row.act == act]
        assert rows, act
        for role, cell in cells.items():
            if act == REQUEST:
                cell = cell.replace("ask (aggregates)", "–")  # analysts are given portfolios by proposal
            dashes = not set(re.findall(r"\w+", cell)) - {"grant"}  # not built yet
            lets_in = {row.name for row in rows if row.sign(role) in "yYq"} - READ_BY_THOSE_WHO_GOVERN
            assert dashes == (not lets_in), f"{act}: {role} has “{cell}”, and the rows let in to {lets_in}"


def test_sends_whoever_is_not_logged_in_to_the_login(world: World, client: Client) -> None:
    visit = world.visit("supervisor")
    for row in ROWS:
        target = address(visit, row, "own")
        answer = client.get(target) if row.method == "GET" else client.post(target)
        if row.name in PUBLIC:
            assert answer.status_code in {PUBLIC[row.name], 422}, row.name
        else:
            assert answer.status_code == 302, row.name
            assert answer["Location"].startswith("/account/login/"), row.name
        assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("role", ["supervisor", "security"])
def test_knows_no_other_methods_than_those_of_its_rows(world: World, role: str) -> None:
    visit = world.visit(role)
    methods: dict[str, set[str]] = {}
    for row in ROWS:
        methods.setdefault(row.name, set()).add(row.method)
    for row in {row.name: row for row in ROWS if row.sign(role) in "yYq"}.values():
        target = address(visit, row, "own")
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - methods[row.name]:
            with undone():
                assert visit.client.generic(method, target).status_code == 405, f"{method} {row.name}"


def test_takes_no_form_without_its_token(world: World) -> None:
    visit = world.visit("supervisor")
    visit.client.handler.enforce_csrf_checks = True
    start = last_event()
    for row in ROWS:
        if row.method == "POST" and row.sign("supervisor") != ".":
            visit.client.handler.enforce_csrf_checks = False
            target = address(visit, row, "own")
            visit.client.handler.enforce_csrf_checks = True
            before = last_event()
            assert (
                visit.client.post(
                    target, visit.form(row.form, visit.arguments(row.object, "own"))
                ).status_code
                == 403
            )
            assert last_event() == before >= start, f"{row.name} did something"


@pytest.mark.parametrize("role", ROLES)
def test_the_logins_surroundings_show_no_values_and_give_no_way_round(world: World, role: str) -> None:
    visit = world.visit(role)
    wrong = []
    for name, (method, status, _visitor) in ACCOUNT.items():
        with undone():
            cookies = deepcopy(visit.client.cookies)
            answer = visit.client.generic(method, account_address(name))
            visit.client.cookies = cookies
        if answer.status_code != status or shown(text(answer), 0) or shown(text(answer), 1):
            wrong.append(f"{name} answers {answer.status_code}, not {status}")
    for name in CLOSED_FOR_EVERYBODY:
        for method in ("GET", "POST"):
            if visit.client.generic(method, account_address(name)).status_code != 404:
                wrong.append(f"{name} is open")
    assert not wrong, "\n".join(wrong)


def test_the_logins_surroundings_for_nobody(client: Client, db: None) -> None:
    for name, (method, _role, status) in ACCOUNT.items():
        assert client.generic(method, account_address(name)).status_code == status, name
    for name in CLOSED_FOR_EVERYBODY:
        assert client.get(account_address(name)).status_code == 404, name


@pytest.mark.parametrize("role", [*ROLES, ""])
def test_the_back_office_opens_as_the_table_says_and_holds_no_customer(
    world: World, role: str, client: Client
) -> None:
    client = world.visit(role).client if role else client
    wrong = []

    def look(name: str, wanted: int, *arguments: object, method: str = "GET") -> None:
        with undone():
            cookies = deepcopy(client.cookies)
            answer = client.generic(method, reverse(f"admin:{name}", args=arguments))
            client.cookies = cookies
            words = text(answer)
        if answer.status_code != (wanted if role in GOVERNS else 302):
            wrong.append(f"{method} {name}{arguments} answers {answer.status_code}, not {wanted}")
        if shown(words, 0) or shown(words, 1) or any(number in words for number in NUMBERS):
            wrong.append(f"{name} shows a customer")

    entrance = client.get("/admin/", follow=True)
    assert entrance.status_code == (403 if role and role not in GOVERNS else 200)
    assert ("account/login" in entrance.request["PATH_INFO"]) == (not role)
    some_person: list[object] = [ContentType.objects.get_for_model(Person).pk, uuid4()]
    for name, status in ADMIN.items():
        if name != "?":
            arguments: dict[str, list[object]] = {"view_on_site": some_person, "app_list": ["staff"]}
            look(name, status, *arguments.get(name, []))
    for model, (look_at, change, add) in SCREENS.items():
        looks = 200 if role in look_at else 403
        look(f"{model}_changelist", looks)
        look(f"{model}_add", 200 if role in add else 403)
        thing = example(world, model)
        if thing is not None:
            look(f"{model}_change", looks, thing)
            look(f"{model}_history", looks, thing)
            look(f"{model}_delete", 403, thing)
            look(f"{model}_delete", 403, thing, method="POST")
            look(f"{model}_change", 200 if role in change else 403, thing, method="POST")
    assert not wrong, "\n".join(wrong)


# --- ways and means -----------------------------------------------------------------------------------------------
PAGES_OF_A_SCREEN = ("changelist", "add", "history", "delete", "change")
READ_BY_THOSE_WHO_GOVERN = {
    "decision",
    "rules",
    "rule",
    "budget",
    "detectors",
    "detector",
    "networks",
    "people",
    "person",
}
"""Reading how the house is ordered is no act of the table; what may be done there is."""


def names() -> set[str]:
    """Return the names of all addresses, those of the admin's catch-all and redirects as "?"."""
    return set(walk(get_resolver()))


def walk(patterns: URLResolver, spaces: tuple[str, ...] = ()) -> Iterator[str]:
    for one in patterns.url_patterns:
        if isinstance(one, URLPattern):
            yield ":".join((*spaces, one.name or "?"))
        else:
            yield from walk(one, spaces + ((one.namespace,) if one.namespace else ()))


def account_address(name: str) -> str:
    arguments: dict[str, list[object]] = {
        "mfa_edit_webauthn": [1],
        "mfa_remove_webauthn": [1],
        "account_confirm_email": ["x"],
    }
    return reverse(name, args=arguments.get(name))


def bare(answer, arguments: dict[str, object]) -> list[str]:
    """Return an answer without what differs by nature: tokens, the minute, and what was asked for."""
    words = MOMENT.sub("", TOKEN.sub("", answer.words))
    for value in arguments.values():
        # A small number stands everywhere; what was asked for stands between slashes.
        asked = f"/{value}/" if isinstance(value, int) else str(value)
        words = words.replace(asked, "ARGUMENT")
    heads = [
        f"{name}: {value}" for name, value in answer.items() if name not in {"Set-Cookie", "Content-Length"}
    ]
    return [str(answer.status_code), *heads, *words.splitlines()]


def differences(one: list[str], other: list[str]) -> list[str]:
    return [line for line in unified_diff(one, other, n=0, lineterm="") if line[0] in "+-"][2:6]


def example(world: World, model: str) -> object:
    """Return the key of a row that a screen of the admin could show."""
    label, name = model.split("_")
    found = apps.get_model(label, name)._default_manager.order_by("pk").values_list("pk", flat=True).first()
    return quote(found) if found is not None else None
