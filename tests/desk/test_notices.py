"""Notices on the desk: written in two languages, shown as customers read them, proposed, signed, read."""

import pytest
from django.test import Client

from approvals.models import Proposal
from consent import drafting
from consent.models import LANGUAGES, Notice, NoticeDraft, NoticeVersion
from consent.services.notices import CHANGES
from staff.models import Organisation
from staff.roles import AGENT, ANALYST, AUDITOR, CUSTODIAN, HEAD, OFFICER, SECURITY, SUPERVISOR
from tests.access.cast import Cast
from tests.consent.builders import TYPED, Answering, organisation
from tests.desk.at_work import browser, text
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
NEW = {
    "kind": "notice",
    "code": "counter",
    "channel": "counter",
    "name_zh": "柜台告知书",
    "name_en": "Counter notice",
}
SECTIONS = {
    f"{language}-{section}": said for language in LANGUAGES for section, said in TYPED[language].items()
}
WRITTEN = SECTIONS | {"purposes": ["service", "marketing"]}
DRAFT = "/notices/counter/draft/"


@pytest.fixture
def officer(cast: Cast) -> Client:
    organisation()
    return browser(cast.officer())


@pytest.fixture
def head(cast: Cast) -> Client:
    return browser(cast.person(HEAD))


@pytest.fixture
def begun(officer: Client) -> Client:
    assert officer.post("/notices/new/", NEW)["Location"] == DRAFT
    return officer


def send(client: Client, act: str, **said):
    """Send the draft as the page that was just opened would."""
    seen = client.get(DRAFT).context["form"]["seen"].value()
    return client.post(DRAFT, WRITTEN | {"seen": seen, "act": act} | said)


def publish(client: Client, head: Client, **said) -> NoticeVersion:
    answer = send(client, "propose", reason="首次发布", **said)
    assert answer.status_code == 302, text(answer)
    made = Proposal.objects.latest("proposed_at")
    assert head.post(f"/decisions/{made.pk}/approve/", {"hash": made.content_hash}).status_code == 302
    return NoticeVersion.objects.get(proposal=made.pk)


def errors(answer) -> str:
    assert answer.status_code == 422
    return text(answer).split("form-errors")[1].split("</div>")[0]


def test_an_empty_list_leads_to_the_first_notice(officer) -> None:
    words = text(officer.get("/notices/"))
    assert "还没有告知书" in words
    assert 'href="/notices/new/"' in words


@pytest.mark.parametrize("code", ["counter", "new", "Counter 1"])
def test_refuses_a_code_that_is_taken_or_no_code(begun, code) -> None:
    answer = begun.post("/notices/new/", NEW | {"code": code})
    assert answer.status_code == 422
    assert Notice.objects.count() == 1


def test_keeps_whatever_is_written_so_far(begun) -> None:
    answer = begun.post(
        DRAFT, {"zh-hans-method": "当面收集\r\n加密保存", "purposes": ["service"], "act": "save"}
    )
    assert answer.status_code == 302, text(answer)
    draft = NoticeDraft.objects.get()
    assert draft.typed["zh-hans"]["method"] == "当面收集\n加密保存"
    page = begun.get(DRAFT)
    assert "当面收集" in text(page)
    assert page.context["form"]["purposes"].value() == ["service"]
    assert "草稿" in text(begun.get("/notices/"))


def test_shows_the_whole_text_with_its_lists_as_customers_will_read_it(begun) -> None:
    words = text(send(begun, "preview", **{"en-rights": ""}))
    preview = words.split('id="preview"')[1].split("<form")[0]
    assert "手机号码（必要）" in preview
    assert "Mobile number (necessary)" in preview
    assert "示例公司" in preview
    assert "face to face" in preview
    assert preview.count("待填写") == 1
    assert NoticeDraft.objects.get().purposes == ["service", "marketing"]


def test_names_every_empty_section_with_its_language(begun, head) -> None:
    answer = send(begun, "propose", reason="发布", **{"en-rights": "", "zh-hans-method": " "})
    said = errors(answer)
    assert said.count("<p>") == 2
    assert "English：" in said
    assert "中文：" in said
    assert not Proposal.objects.exists()
    assert "face to face" in text(answer)


def test_without_an_organisation_it_leads_to_its_page(begun, head) -> None:
    Organisation.objects.all().delete()
    answer = send(begun, "propose", reason="发布")
    assert answer.status_code == 422
    assert 'href="/organisation/"' in text(answer).split("refused-title")[1]
    assert not Proposal.objects.exists()
    assert "refused-title" in text(begun.get("/notices/"))
    assert "refused-title" in text(send(begun, "preview"))


def test_needs_a_purpose_and_a_reason(begun, head) -> None:
    assert "至少选择一个处理目的" in errors(send(begun, "propose", reason="发布", purposes=[]))
    answer = send(begun, "propose")
    assert answer.status_code == 422
    assert "id_reason_error" in text(answer)
    assert not Proposal.objects.exists()


def test_says_when_nobody_could_sign(begun) -> None:
    assert "部门负责人" in errors(send(begun, "propose", reason="发布"))
    assert not Proposal.objects.exists()


def test_a_head_signs_and_both_languages_stand_side_by_side_with_their_hashes(begun, head) -> None:
    version = publish(begun, head)
    words = text(head.get("/notices/counter/"))
    assert "柜台告知书" in words
    assert "Counter notice" in words
    for one in version.texts.all():
        assert one.sha256 in words
        assert one.sha256[:16] in text(begun.get("/notices/"))
    assert not NoticeDraft.objects.exists()


def test_waits_for_the_head_visibly(begun, head) -> None:
    send(begun, "propose", reason="发布")
    made = Proposal.objects.get()
    for path in ("/notices/", "/notices/counter/", DRAFT):
        assert f"/decisions/{made.pk}/" in text(begun.get(path))


def test_a_second_version_says_what_changed_and_whom_to_ask_anew(cast, begun, head) -> None:
    first = publish(begun, head)
    Answering(first, cast.agent()).record(True, at=clock(), purpose="marketing")
    assert "请用中英文" in errors(send(begun, "propose", reason="更新"))
    changes = {f"{language}-{CHANGES}": "接收方有变" for language in LANGUAGES}
    version = publish(begun, head, renews=["marketing"], **changes)
    assert (version.number, version.renews) == (2, ["marketing"])
    assert "1 份授权" in text(begun.get("/notices/"))
    assert "接收方有变" in text(head.get("/notices/counter/"))
    old = text(head.get("/notices/counter/?version=1"))
    assert "已被新版取代" in old
    assert "接收方有变" not in old


def test_the_next_version_begins_with_what_the_last_one_says(begun, head) -> None:
    publish(begun, head)
    form = begun.get(DRAFT).context["form"]
    assert {name: form[name].value() for name in SECTIONS} == SECTIONS
    assert set(form["purposes"].value()) == {"service", "marketing"}


@pytest.mark.parametrize("asked", ["3", "0", "x", "99999999"])
def test_a_version_that_there_is_not_is_not_found(begun, head, asked) -> None:
    publish(begun, head)
    assert head.get(f"/notices/counter/?version={asked}").status_code == 404


def test_does_not_write_over_what_a_colleague_wrote_meanwhile(cast, begun) -> None:
    send(begun, "save")
    colleague = browser(cast.officer())
    stale = begun.get(DRAFT).context["form"]["seen"].value()
    send(colleague, "save", **{"en-method": "by post"})
    answer = begun.post(DRAFT, WRITTEN | {"seen": stale, "act": "save", "en-method": "in person"})
    assert answer.status_code == 409
    assert "in person" in text(answer)
    assert NoticeDraft.objects.get().typed["en"]["method"] == "by post"
    again = answer.context["form"]["seen"].value()
    assert begun.post(DRAFT, WRITTEN | {"seen": again, "act": "save"}).status_code == 302


def test_says_which_purposes_changed_since_it_was_published(begun, head) -> None:
    from classification.models import PurposeVersion

    publish(begun, head)
    assert "发布后已变更" not in text(begun.get("/notices/"))
    PurposeVersion.objects.filter(purpose="marketing").update(until=clock())
    assert "发布后已变更" in text(begun.get("/notices/"))


def test_the_security_policy_is_written_as_one_text(officer, head) -> None:
    policy = NEW | {"kind": "policy", "code": "security_policy", "channel": "online"}
    page = officer.post("/notices/new/", policy)["Location"]
    words = text(officer.get(page))
    assert 'name="en-body"' in words
    assert 'name="en-method"' not in words
    assert 'name="purposes"' not in words
    said = {f"{language}-{drafting.BODY}": "我们加密" for language in LANGUAGES}
    assert officer.post(page, said | {"act": "propose", "reason": "发布"}).status_code == 302


def test_an_unknown_notice_is_not_found(officer) -> None:
    assert officer.get("/notices/no_such/").status_code == 404
    assert officer.get("/notices/no_such/draft/").status_code == 404


@pytest.mark.parametrize("role", [AGENT, SUPERVISOR, HEAD, ANALYST, OFFICER, SECURITY, CUSTODIAN, AUDITOR])
def test_some_read_and_an_officer_alone_writes(cast, begun, role) -> None:
    client = browser(cast.person(role))
    for path in ("/notices/", "/notices/counter/"):
        assert client.get(path).status_code == (200 if role in {HEAD, OFFICER, AUDITOR} else 403)
    for path in ("/notices/new/", DRAFT):
        assert client.get(path).status_code == (200 if role == OFFICER else 403)


def test_the_set_up_list_asks_for_a_notice_until_one_is_published(begun, head) -> None:
    before, _, done = text(begun.get("/")).partition("setup-behind")
    assert "发布告知书" in before
    assert "发布告知书" not in done
    publish(begun, head)
    before, _, done = text(begun.get("/")).partition("setup-behind")
    assert "发布告知书" not in before
    assert "发布告知书" in done


def test_speaks_english(begun) -> None:
    begun.cookies["django_language"] = "en"
    assert "nothing published yet" in text(begun.get("/notices/"))
    assert "Propose for publication" in text(begun.get(DRAFT))
    assert "still to be written" in text(begun.post(DRAFT, {"purposes": ["service"], "act": "preview"}))
