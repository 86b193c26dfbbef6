"""The page of masked data sets: proposed, listed, fetched once; and the command that fetches one."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from access.models import MaskedDataset
from approvals.models import Proposal
from approvals.services import approve
from staff.roles import ANALYST, HEAD, OFFICER
from tests.access.cast import CANARIES
from tests.access.test_masked_dataset import work
from tests.desk.at_work import browser, text
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

PAGE, PROPOSE = "/masked/", "/masked/propose/"


@pytest.fixture
def people(cast):
    return {role: cast.person(role) for role in (OFFICER, HEAD, ANALYST)}


def asked(people, **more):
    return {
        "portfolios": "north", "fields_chosen": ["full_name", "mobile"], "rows": "10", "format": "csv",
        "person": str(people[ANALYST].id), "reason": "联调",
    } | more  # fmt: skip


def made(cast, people):
    """Let the officer propose on the page, the head sign, and the job run."""
    browser(people[OFFICER]).post(PROPOSE, asked(people))
    proposal = Proposal.objects.get()
    approve(proposal.pk, seen_hash=proposal.content_hash, by=people[HEAD], at=clock())
    found = MaskedDataset.objects.get()
    cast.at = clock()
    work(cast, found)
    return found


def test_is_fetched_once_by_the_analyst_named(cast, people):
    cast.customer()
    found = made(cast, people)
    client = browser(people[ANALYST])
    assert f"/masked/{found.id}/fetch/" in text(client.get(PAGE))
    answer = client.post(f"/masked/{found.id}/fetch/")
    told = text(answer)
    assert "154" in told
    assert not any(canary in told for canary in CANARIES)
    assert answer["Cache-Control"] == "no-store, private"
    assert client.post(f"/masked/{found.id}/fetch/")["Location"] == PAGE
    assert f"/masked/{found.id}/fetch/" not in text(client.get(PAGE))


def test_is_listed_without_a_way_to_fetch_it_for_others(cast, people):
    cast.customer()
    found = made(cast, people)
    for role in (OFFICER, HEAD):
        told = text(browser(people[role]).get(PAGE))
        assert people[ANALYST].number in told
        assert f"/masked/{found.id}/fetch/" not in told
    other = browser(cast.person(ANALYST))
    assert people[ANALYST].number not in text(other.get(PAGE)).split("<tbody>")[-1].split("</main>")[0]
    assert other.post(f"/masked/{found.id}/fetch/").status_code == 404


def test_says_what_is_wrong_with_a_proposal(cast, people):
    client = browser(people[OFFICER])
    assert client.post(PROPOSE, asked(people, rows="99999")).status_code == 422
    assert client.post(PROPOSE, asked(people, person=str(people[HEAD].id))).status_code == 422
    assert not Proposal.objects.exists()


def test_says_what_to_do_where_there_is_none(people):
    told = text(browser(people[ANALYST]).get(PAGE))
    assert "数据安全官" in told or "数据安全" in told
    assert "<form" not in told.split("<main")[1].split("</main>")[0]


def test_the_command_makes_and_fetches_what_was_signed(cast, people, tmp_path, capsys):
    cast.customer()
    browser(people[OFFICER]).post(PROPOSE, asked(people))
    proposal = Proposal.objects.get()
    approve(proposal.pk, seen_hash=proposal.content_hash, by=people[HEAD], at=clock())
    found = MaskedDataset.objects.get()
    by, out = f"--by={people[ANALYST].number}", tmp_path / "set.csv"
    call_command("masked_dataset", by)
    assert str(found.id) in capsys.readouterr().out
    MaskedDataset.objects.update(signed_at=clock() - timedelta(hours=1))
    call_command("masked_dataset", by, str(found.id), f"--out={out}")
    assert "154" in out.read_text("utf-8-sig")
    with pytest.raises(CommandError, match="fetched"):
        call_command("masked_dataset", by, str(found.id), f"--out={tmp_path / 'again.csv'}")
    assert not (tmp_path / "again.csv").exists()


def test_the_command_refuses_others_and_a_missing_place(cast, people, tmp_path):
    with pytest.raises(CommandError):
        call_command("masked_dataset", "--by=nobody")
    with pytest.raises(CommandError):
        call_command("masked_dataset", f"--by={people[HEAD].number}")
    browser(people[OFFICER]).post(PROPOSE, asked(people))
    proposal = Proposal.objects.get()
    approve(proposal.pk, seen_hash=proposal.content_hash, by=people[HEAD], at=clock())
    id = str(MaskedDataset.objects.get().id)
    with pytest.raises(CommandError):
        call_command("masked_dataset", f"--by={people[ANALYST].number}", id)
    with pytest.raises(CommandError):
        call_command("masked_dataset", f"--by={people[OFFICER].number}", id, f"--out={tmp_path / 'x'}")
