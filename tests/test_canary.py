"""Canaries: after a journey through a live site, no L3 value lies anywhere in the clear, except on the screens.

The values below stand nowhere else. They are typed, searched, compared, revealed, imported, exported and refused; the
database stumbles over them; then every file, log, message and row of the site is searched, in every spelling.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
import redis

from tests.live.browser import Browser
from tests.live.site import Site
from tests.processes import wait_until

CUSTOMER = {
    "mobile": "15400770018",
    "landline": "010-27007707",
    "email": "kanari.vogel@example.com",
    "address": "虚构省金丝雀市示例路一零七号",
    "resident_id": "119900199001010010",
    "bank_card": "9999990000000006",
    "health_note": "金丝雀过敏史第七条",
}
SAID = {
    "reason": "金丝雀回拨理由",
    "line": "金丝雀结束语一行",
    "problem": "金丝雀报告的问题",
    "refusal": "金丝雀提案理由",
    "searched": "15400770026",
    "compared": "15400770034",
}
"""What people type besides values: sealed as well, or not kept at all."""
UPLOADED = {
    "uploaded mobile": "15400770042",
    "uploaded ID": "449900198503120027",
    "uploaded cell of a column left out": "金丝雀多余的一格",
    "uploaded wrong mobile": "154007700507",
}
CANARIES = CUSTOMER | SAID | UPLOADED
OPEN_NAME = "濮阳金丝雀"
"""A full name is L2: it lies open in the heap, so the search must find it there, and in no log, message or URL."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site on which the journey has been made, with every process still running."""
    with Site(tmp_path_factory.mktemp("canary")) as site:
        Journey(site).go()
        yield site


class Journey:
    """What people do on the site, good and bad."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.people = site.run("tests.live.seed")
        self.seats: dict[str, Browser] = {}
        site.start_web("--access-logfile=-")

    def go(self) -> None:
        supervisor = self.at_work("supervisor")
        page = self.creates(supervisor)
        self.works(supervisor, page)
        self.asks(supervisor, page)
        self.is_refused(self.at_work("agent"), page)
        self.looks_back(page)
        self.configures(self.at_work("officer"))
        self.stumbles(supervisor, page)
        self.imports(supervisor)
        self.fails_in_the_worker(supervisor)

    def at_work(self, role: str) -> Browser:
        """Give the browser of a role, logged in: a code works once only."""
        if role not in self.seats:
            self.seats[role] = Browser(self.site.address)
            self.seats[role].log_in(self.people[role]["number"], self.people[role]["secret"])
        return self.seats[role]

    def creates(self, supervisor: Browser) -> str:
        supervisor.get("/customers/new/?scenario=handling")
        form = {"number": "KANARI-1", "portfolio": "north", "source": "phone", "full_name": OPEN_NAME}
        made = supervisor.post("/customers/new/?scenario=handling", form | CUSTOMER)
        assert re.search(r"/customers/[0-9a-f-]{36}/$", made.address), made.words
        return made.address.removeprefix(self.site.address)

    def works(self, supervisor: Browser, page: str) -> None:
        for typed in (CUSTOMER["mobile"], CUSTOMER["resident_id"], SAID["searched"], OPEN_NAME):
            assert (
                "/customers/found/" in supervisor.post("/customers/", {"how": "any", "typed": typed}).address
            )
        for said in (CUSTOMER["mobile"], SAID["compared"]):
            assert supervisor.post(f"{page}compare/", {"field": "mobile", "said": said}).status == 200
        for field in ("mobile", "health_note"):
            shown = supervisor.post(f"{page}reveal/{field}/", {"reason": SAID["reason"]})
            assert CUSTOMER[field] in shown.words
        edited = supervisor.get(f"{page}edit/").words
        version = re.findall(r'name="version" value="(\d+)"', edited)[0]
        wrong = supervisor.post(
            f"{page}edit/", {"version": version, "source": "phone", "mobile": "154007700189"}
        )
        assert wrong.status == 422
        supervisor.post("/problems/report/", {"text": SAID["problem"], "page": "desk:customer"})
        contact = re.findall(r"/contacts/([0-9a-f-]{36})/close/", supervisor.get(page).words)[0]
        supervisor.post(f"/contacts/{contact}/close/", {"line": SAID["line"], "ref": page.split("/")[2]})
        supervisor.post("/exports/make/", {"format": "xlsx"})
        export = re.findall(r"/exports/([0-9a-f-]{36})/fetch/", supervisor.get("/exports/").words)[0]
        assert supervisor.post(f"/exports/{export}/fetch/", {}).status == 200

    def asks(self, supervisor: Browser, page: str) -> None:
        """Send a consent link to an address that is used and not shown, and record a signed answer."""
        supervisor.get(f"{page}consents/")
        form = {"purposes": "service", "language": "zh-hans", "via": "mail"}
        assert supervisor.post(f"{page}consents/", form).status == 200
        printed = (self.site.logs / "web.log").read_text()
        assert "/zh-hans/c/" in printed, "the mail went out"
        with self.site.database("default") as owner:
            (made,) = owner.execute("select count(*) from consent_consentlink").fetchone() or (0,)
        assert made == 1

    def is_refused(self, agent: Browser, page: str) -> None:
        agent.get(page)
        refused = agent.post(f"{page}reveal/mobile/", {"reason": SAID["reason"]})
        assert refused.status == 403
        for number in range(4):
            agent.post(f"{page}compare/", {"field": "resident_id", "said": f"{SAID['compared']}{number}"})

    def looks_back(self, page: str) -> None:
        officer = self.at_work("officer")
        officer.get("/trail/customers/")
        assert OPEN_NAME not in officer.post("/trail/customers/", {"number": "KANARI-1"}).words
        assert "trail" in officer.get("/trail/").address
        report = re.findall(r"/problems/([0-9a-f-]{36})/", officer.get("/problems/").words)[0]
        assert SAID["problem"] in officer.get(f"/problems/{report}/").words
        security = self.at_work("security")
        security.get("/rules/agent-l3/")
        form = {"view": "hidden", "clause": "S0-28", "reason": SAID["refusal"]}
        assert "/decisions/" in security.post("/rules/agent-l3/", form).address

    def configures(self, officer: Browser) -> None:
        """Leave rows in the back office's own logs."""
        address = "/admin/classification/field/mobile/change/"
        officer.get(address)
        form = {"name_zh": "手机号码", "name_en": "Mobile phone", "form_order": "500"}
        form |= {f"versions-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS")}
        assert officer.post(address, form).status == 200

    def stumbles(self, supervisor: Browser, page: str) -> None:
        """Let the database refuse rows with values in them, under the web process and under our own hand."""
        with self.site.database("default") as owner:
            owner.execute(
                "alter table customers_customer add constraint boom check (number <> 'BOOM') not valid"
            )
            supervisor.get("/customers/new/?scenario=handling")
            form = {"number": "BOOM", "portfolio": "north", "source": "phone", "full_name": OPEN_NAME}
            failed = supervisor.post("/customers/new/?scenario=handling", form | CUSTOMER | {"bank_card": ""})
            assert failed.status == 500
            owner.execute("alter table files_sealedtext rename to elsewhere")
            failed = supervisor.post("/problems/report/", {"text": SAID["problem"], "page": ""})
            assert failed.status == 500
            owner.execute("alter table elsewhere rename to files_sealedtext")
        with self.site.database("default", owner=False) as app:
            for column, planted in (
                ("sealed", CUSTOMER["mobile"]),
                ("sealed", {"mobile": CUSTOMER["mobile"]}),
            ):
                with pytest.raises(psycopg.errors.CheckViolation):
                    app.execute(f"update customers_customer set {column} = '{json.dumps(planted)}'::jsonb")
            with pytest.raises(psycopg.Error):
                app.execute(
                    f"select * from customers_customer where number = '{CUSTOMER['mobile']}' and nothing"
                )

    def imports(self, supervisor: Browser) -> None:
        lines = [
            "客户编号,姓名,手机号,身份证号,暗号",
            f"K1,诸葛示例,{UPLOADED['uploaded mobile']},{UPLOADED['uploaded ID']},",
            f"K2,诸葛示例,{UPLOADED['uploaded wrong mobile']},,{UPLOADED['uploaded cell of a column left out']}",
        ]
        supervisor.get("/imports/")
        sent = {"portfolio": "north", "scenario": "handling", "origin": "customers"}
        upload = supervisor.post("/imports/", sent, file=("list.csv", "\n".join(lines).encode()))
        assert "/imports/files/" in upload.address, upload.words
        columns = re.findall(r'<select[^>]*name="(column-\d+)".*?</select>', upload.words, re.S)
        chosen = dict(zip(columns, ("number", "full_name", "mobile", "resident_id", ""), strict=True))
        checked = supervisor.post(upload.address, chosen).address
        assert messages_waiting(self.site), "the worker is not up yet, so its message can be looked at"
        assert not list(found_in_redis(self.site)), "while the message waits"
        self.site.start_worker()
        wait_until(lambda: self.ended(), what="the dry run")
        started = supervisor.post(f"{checked}start/", {}).address
        wait_until(lambda: self.ended(), what="the import")
        assert "K1" in supervisor.get("/customers/list/").words
        assert supervisor.get(f"{started}report/").status == 200

    def ended(self) -> bool:
        with self.site.database("default") as owner:
            (open_jobs,) = owner.execute(
                "select count(*) from jobs_job where finished_at is null"
            ).fetchone() or (1,)
        return open_jobs == 0

    def fails_in_the_worker(self, supervisor: Browser) -> None:
        """Let a job stumble over the database in mid-row."""
        supervisor.get("/imports/")
        lines = ["客户编号,姓名,手机号", f"BOOM,{OPEN_NAME},{UPLOADED['uploaded mobile']}"]
        sent = {"portfolio": "north", "scenario": "handling", "origin": "customers"}
        upload = supervisor.post("/imports/", sent, file=("list.csv", "\n".join(lines).encode()))
        columns = re.findall(r'<select[^>]*name="(column-\d+)".*?</select>', upload.words, re.S)
        checked = supervisor.post(
            upload.address, dict(zip(columns, ("number", "full_name", "mobile"), strict=True))
        )
        wait_until(lambda: self.ended(), what="the dry run")
        supervisor.post(f"{checked.address}start/", {})
        log = self.site.logs / "worker.log"
        wait_until(lambda: "CheckViolation" in log.read_text(), what="the failure")


def spellings(value: str) -> set[bytes]:
    """Return a value as different programs would write it."""
    plain = value.encode()
    written = {plain, value.encode("utf-16-le"), value.encode("gb18030")}
    written |= {plain.hex().encode(), quote(value).encode(), quote(value).lower().encode()}
    written |= {json.dumps(value)[1:-1].encode(), value.replace("@", "%40").encode()}
    for shift in range(3):  # base64 of the value in the middle of something
        whole = base64.b64encode(b"\0" * shift + plain)
        inner = whole[4 if shift else 0 : len(whole) // 4 * 4 - 4]
        written |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    digits = re.sub(r"\D", "", value)
    if len(digits) > 9:
        written.add(digits.encode())
    return written


PATTERNS = {name: spellings(value) for name, value in CANARIES.items()}
OPEN_PATTERNS = {"open name": spellings(OPEN_NAME)}


def found(where: str, content: bytes, patterns: dict[str, set[bytes]]) -> Iterator[str]:
    for name, written in patterns.items():
        if any(one in content for one in written):
            yield f"{name} in {where}"


def files_of(site: Site) -> Iterator[Path]:
    for directory in site.directories:
        yield from (path for path in directory.rglob("*") if path.is_file())


def messages_waiting(site: Site) -> bool:
    return any(content.startswith(b'{"body"') for _where, content in redis_of(site))


def redis_of(site: Site) -> Iterator[tuple[str, bytes]]:
    """Return every key of every database with what it holds."""
    url = site.names["REDIS_URL"]
    client: Any = redis.Redis.from_url(url.split("?")[0])
    for number in client.info("keyspace"):
        held: Any = redis.Redis.from_url(f"{url.split('?')[0]}?db={number.removeprefix('db')}")
        for key in held.scan_iter():
            kind = held.type(key).decode()
            for part in [key, *parts_of(held, key, kind)]:
                yield f"Redis {number} {kind}", part + base64_inside(part)


def parts_of(held: Any, key: bytes, kind: str) -> list[bytes]:
    """Return what one key holds."""
    if kind == "string":
        return [held.get(key)]
    if kind == "list":
        return list(held.lrange(key, 0, -1))
    if kind == "hash":
        return [part for pair in held.hgetall(key).items() for part in pair]
    return list(held.smembers(key) if kind == "set" else held.zrange(key, 0, -1))


def base64_inside(part: bytes) -> bytes:
    """Return what a Celery message carries in its body."""
    try:
        return base64.b64decode(json.loads(part)["body"])
    except (ValueError, KeyError, TypeError):
        return b""


def found_in_redis(site: Site) -> Iterator[str]:
    for where, content in redis_of(site):
        yield from found(where, content, PATTERNS | OPEN_PATTERNS)


def rows_of(site: Site, alias: str) -> Iterator[tuple[str, bytes]]:
    """Return every row of every table as text: compression hides nothing here."""
    with site.database(alias) as owner:
        tables: Iterable[tuple[str]] = owner.execute(
            "select quote_ident(tablename) from pg_tables where schemaname = 'public'"
        ).fetchall()
        for (table,) in tables:
            rows = owner.execute(f"select t::text from {table} t").fetchall()
            yield f"{alias}.{table.strip(chr(34))}", "\n".join(text for (text,) in rows).encode()


def test_files_hold_no_canary(site: Site) -> None:
    """The heap, indexes, WAL, Redis's append-only file, logs of every process, temporary files: every byte on disk."""
    with site.superuser("custinfo") as admin:
        admin.execute("checkpoint")
    wrong = [
        one
        for path in files_of(site)
        for one in found(path.name + " " + str(path.parent), path.read_bytes(), PATTERNS)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_search_finds_what_lies_open(site: Site) -> None:
    """An L2 name is plain by design: were it not found in the heap and in the WAL, the search would be blind."""
    with site.superuser("custinfo") as admin:
        admin.execute("checkpoint")
    where = {
        "wal" if "pg_wal" in path.parts else "heap" if "base" in path.parts else path.name
        for path in files_of(site)
        if list(found("", path.read_bytes(), OPEN_PATTERNS))
    }
    assert where == {"heap", "wal"}


def test_rows_hold_no_canary(site: Site) -> None:
    """Sessions, the admin's log, the change history, the trail, jobs, import reports: every row of every table."""
    wrong: list[str] = []
    seen: dict[str, int] = {}
    for alias in ("default", "keyring"):
        for table, content in rows_of(site, alias):
            seen[table] = content.count(b"\n") + bool(content)
            wrong += found(table, content, PATTERNS)
            if table != "default.customers_customer":
                wrong += found(table, content, OPEN_PATTERNS)
    assert not wrong, "\n".join(wrong)
    for table in ("django_session", "django_admin_log", "auditlog_logentry", "files_sealedtext", "jobs_job"):
        assert seen[f"default.{table}"], f"the journey left nothing in {table}"
    assert seen["default.customers_importproblem"], "the journey reported no wrong cell"


def test_sessions_are_sealed(site: Site) -> None:
    """What was typed into the search box lies in the session: compressed it would hide from a search of bytes."""
    with site.database("default") as owner:
        held = owner.execute("select session_data from django_session").fetchall()
    assert len(held) >= 4
    assert not [payload for (payload,) in held if not re.fullmatch("A[Q-Za-f][A-Za-z0-9_-]{38,}", payload)]


def test_redis_and_messages_hold_no_canary(site: Site) -> None:
    assert list(redis_of(site)), "the journey left nothing in Redis"
    assert not list(found_in_redis(site))


def test_logs_tell_of_failures_without_values(site: Site) -> None:
    """Also on errors: two 500 pages, violated constraints, a job that failed."""
    logs = {path.name: path.read_bytes() for path in site.logs.iterdir()}
    assert logs["web.log"].count(b"[error") >= 2
    assert b"violates check constraint" in logs["postgres.log"]
    assert b"CheckViolation" in logs["worker.log"]
    wrong = [one for name, content in logs.items() for one in found(name, content, PATTERNS | OPEN_PATTERNS)]
    assert not wrong, "\n".join(wrong)


def test_addresses_hold_no_canary(site: Site) -> None:
    """The access log that a proxy would keep: paths and queries of the whole journey."""
    lines = [
        line
        for line in (site.logs / "web.log").read_text().splitlines()
        if '"POST /' in line or '"GET /' in line
    ]
    assert len(lines) > 40
    assert not list(found("an address", "\n".join(lines).encode(), PATTERNS | OPEN_PATTERNS))
    assert not [line for line in lines if "KANARI" in line], "not even a customer number"
