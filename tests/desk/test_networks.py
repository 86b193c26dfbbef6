"""Sites and networks on the desk: the security manager proposes, the data security officer signs."""

from datetime import timedelta

import pytest
from django.test import Client

from approvals.models import Proposal
from staff.models import Network, Site
from staff.queries import site_of
from staff.roles import AGENT, AUDITOR, CUSTODIAN, HEAD, OFFICER, SECURITY, SUPERVISOR
from tests.access.cast import Cast, kinds_since, last_event
from tests.desk.at_work import browser, text
from tests.staff.company import set_facts
from trail.models import Event

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

NEW = {
    "what": "add",
    "cidr": "127.0.0.0/8",
    "zone": "office",
    "site": "+",
    "code": "sh",
    "name": "上海",
    "region": "east",
    "reason": "开业",
}


@pytest.fixture
def officer(cast: Cast) -> Client:
    return browser(cast.officer())


@pytest.fixture
def manager(cast: Cast) -> Client:
    return browser(cast.person(SECURITY))


def propose(manager: Client, **changes: str) -> Proposal:
    answer = manager.post("/networks/propose/", NEW | changes)
    assert answer.status_code == 302, text(answer)
    return Proposal.objects.latest("proposed_at")


def sign(officer: Client, proposal: Proposal):
    return officer.post(f"/decisions/{proposal.pk}/approve/", {"hash": proposal.content_hash})


def test_an_empty_installation_gets_its_first_network_by_one_signature(manager, officer) -> None:
    start = last_event()
    made = propose(manager)
    assert not Network.objects.exists()
    assert sign(officer, made).status_code == 302
    assert site_of("127.0.0.1").zone == "office"
    assert str(Site.objects.get()) == "sh 上海"
    assert kinds_since(start) == [
        "approvals.proposed",
        "approvals.approved",
        "staff.site_changed",
        "staff.network_changed",
        "approvals.applied",
    ]
    changed = Event.objects.get(kind="staff.network_changed")
    assert changed.facts == {"network": "127.0.0.0/8", "site": "sh", "zone": "office"}
    assert changed.request == str(made.pk)


def test_nobody_to_sign_is_said_in_words(manager) -> None:
    answer = manager.post("/networks/propose/", NEW)
    assert answer.status_code == 409
    assert "数据安全专员" in text(answer)
    assert 'value="127.0.0.0/8"' in text(answer)
    assert not Proposal.objects.exists()


def test_says_where_the_reader_is(manager, officer) -> None:
    before = text(manager.get("/networks/"))
    assert "127.0.0.1" in before
    assert "office" not in before.split("<form", 1)[0].split("</header>")[-1]
    sign(officer, propose(manager))
    for reader in (manager, officer):
        words = text(reader.get("/networks/"))
        assert "127.0.0.0/8" in words
        assert "<dd>office</dd>" in words


def test_a_network_is_changed_and_removed(manager, officer) -> None:
    sign(officer, propose(manager))
    network = Network.objects.get()
    form = text(manager.get(f"/networks/?network={network.pk}&act=change"))
    assert 'value="127.0.0.0/8"' in form
    assert '<option value="change" selected>' in form
    sign(officer, propose(manager, what="change", site="sh", zone="lab"))
    assert site_of("127.0.0.1").zone == "lab"
    sign(officer, propose(manager, what="remove"))
    assert not Network.objects.exists()
    assert Site.objects.count() == 1


def test_a_site_gets_another_region(manager, officer) -> None:
    sign(officer, propose(manager))
    sign(officer, propose(manager, what="site", site="sh", name="上海二号楼", region="east-2"))
    assert site_of("127.0.0.1").region == "east-2"


def test_what_changed_since_it_was_proposed_is_not_carried_out(manager, officer) -> None:
    sign(officer, propose(manager))
    late = propose(manager, what="change", site="sh", zone="lab")
    sign(officer, propose(manager, what="change", site="sh", zone="yard"))
    answer = sign(officer, late)
    assert answer.status_code == 409
    assert site_of("127.0.0.1").zone == "yard"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"cidr": ""}, 422),
        ({"zone": ""}, 422),
        ({"zone": "two words"}, 422),
        ({"name": ""}, 422),
        ({"code": ""}, 422),
        ({"reason": ""}, 422),
        ({"what": "format"}, 422),
        ({"cidr": "10.0.0.1/8"}, 409),
        ({"cidr": "everywhere"}, 409),
        ({"what": "remove"}, 409),
        ({"what": "change"}, 409),
    ],
)
def test_refuses_what_is_no_change_of_a_network(manager, officer, changes, status) -> None:
    answer = manager.post("/networks/propose/", NEW | changes)
    assert answer.status_code == status
    assert not Proposal.objects.exists()


def test_refuses_what_is_so_already(manager, officer) -> None:
    sign(officer, propose(manager))
    for changes in (
        {"site": "sh"},
        {"what": "change", "site": "sh"},
        {"what": "site", "site": "sh"},
    ):
        assert manager.post("/networks/propose/", NEW | changes).status_code == 409
    assert Proposal.objects.count() == 1


def test_the_proposer_does_not_sign(manager, officer) -> None:
    made = propose(manager)
    assert sign(manager, made).status_code == 409
    assert not Network.objects.exists()


@pytest.mark.parametrize("role", [AGENT, SUPERVISOR, HEAD, OFFICER, CUSTODIAN, AUDITOR])
def test_only_a_security_manager_proposes(cast, officer, role) -> None:
    somebody = browser(cast.person(role))
    assert somebody.post("/networks/propose/", NEW).status_code == 403
    assert somebody.get("/networks/").status_code == (200 if role in {HEAD, OFFICER, AUDITOR} else 403)
    assert not Proposal.objects.exists()


def test_asks_for_a_fresh_factor(cast, officer) -> None:
    tired = browser(cast.person(SECURITY))
    set_facts(tired, factor_at=cast.at - timedelta(minutes=6))
    answer = tired.post("/networks/propose/", NEW)
    assert (answer.status_code, answer["Location"]) == (303, "/session/step-up/")
    assert not Proposal.objects.exists()


def test_an_unknown_network_is_not_found(manager) -> None:
    assert manager.get("/networks/?network=99&act=change").status_code == 404
    assert manager.get("/networks/?network=x&act=change").status_code == 404


def test_the_back_office_shows_and_never_writes(manager, officer) -> None:
    sign(officer, propose(manager))
    network = Network.objects.get()
    for reader in (manager, officer):
        assert "127.0.0.0/8" in text(reader.get("/admin/staff/network/"))
        assert reader.get("/admin/staff/network/add/").status_code == 403
        assert reader.get("/admin/staff/site/add/").status_code == 403
        said = {"cidr": "0.0.0.0/0", "site": network.site_id, "zone": "office"}
        assert reader.post(f"/admin/staff/network/{network.pk}/change/", said).status_code == 403
    assert str(Network.objects.get()) == "127.0.0.0/8"


def test_speaks_english(manager) -> None:
    manager.cookies["django_language"] = "en"
    words = text(manager.get("/networks/"))
    assert "Where you are now" in words
    assert "No network yet" in words
