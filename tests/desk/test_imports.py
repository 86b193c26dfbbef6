"""The import wizard: upload, columns, dry run, import, with a real worker where a job is shown."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from approvals.models import Proposal
from customers.imports import run
from customers.models import Customer, ImportProblem
from customers.words import problem_words
from documents.sheets import write_xlsx
from files.models import FileChunk, SealedFile, SealedText
from jobs import running
from jobs.models import Job
from kinds.synthetic import person as synthetic
from staff.models import Notification, RoleHolding
from staff.roles import HEAD, SUPERVISOR
from tests.access.cast import Cast
from tests.desk.at_work import HTMX, browser, text
from tests.processes import Worker, wait_until

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

PAGE = "/imports/"
HEADER = "客户编号,姓名,手机号,身份证号,备注,暗号"
IN_COMMITTED_ROWS = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)


def rows(*numbers: int, note: str = "") -> list[str]:
    """Give CSV lines of people who do not exist."""
    people = [(number, synthetic(number)) for number in numbers]
    return [f"W{number:04d},{who.name},{who.mobile},{who.resident_id},{note},zz" for number, who in people]


def upload(
    client: Client, content: bytes, *, portfolio="north", scenario="handling", name="list.csv", **said
):
    file = SimpleUploadedFile(name, content)
    told = {"file": file, "portfolio": portfolio, "scenario": scenario, "origin": "customers"}
    return client.post(PAGE, told | said)


def sheet(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *lines]).encode()


def proposed(answer) -> dict[str, str]:
    """Give the form of the columns page as its selects stand."""
    shown = answer.context["mapping"]
    return {column.name: column.target for column in (*shown.taken, *shown.left_out)}


def columns_page(client: Client, content: bytes, **more) -> str:
    answer = upload(client, content, **more)
    assert answer.status_code == 302, text(answer)
    return str(answer["Location"])


def tried(client: Client, content: bytes, **more) -> str:
    """Go as far as the finished dry run, worked on here, and give its page."""
    page = columns_page(client, content, **more)
    answer = client.post(page, proposed(client.get(page)))
    assert answer.status_code == 302, text(answer)
    work()
    return str(answer["Location"])


def work() -> None:
    """Do the waiting jobs, as a worker would."""
    for job in Job.objects.open().order_by("created_at"):
        running.run(job.id, run.check if job.kind == run.CHECK else run.run)


def counts(client: Client, page: str) -> tuple[int, ...]:
    held = client.get(page).context["one"].counts
    return tuple(held[name] for name in ("created", "changed", "unchanged", "refused", "warned"))


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("supervisor", 200),
        ("agent", 403),
        ("head", 403),
        ("analyst", 403),
        ("officer", 403),
        ("security", 403),
        ("custodian", 403),
        ("auditor", 403),
    ],
)
def test_opens_to_supervisors_alone(cast: Cast, role, status):
    page = tried(browser(cast.supervisor()), sheet(*rows(1)))
    client = browser(cast.person(role))
    assert client.get(PAGE).status_code == status
    assert upload(client, sheet(*rows(1))).status_code in ((302,) if status == 200 else (403,))
    for address in (page, f"{page}report/"):
        assert client.get(address).status_code == (404 if status == 200 else 403)
    assert client.post(f"{page}start/").status_code == (404 if status == 200 else 403)


def test_offers_the_portfolios_within_reach_alone(cast: Cast):
    answer = browser(cast.supervisor()).get(PAGE)
    assert [code for code, _words in answer.context["form"].fields["portfolio"].choices] == ["north"]
    refused = upload(browser(cast.supervisor()), sheet(*rows(1)), portfolio="south")
    assert refused.status_code == 422
    assert not SealedFile.objects.exists()


def test_says_what_is_missing_and_keeps_what_was_typed(cast: Cast):
    answer = browser(cast.supervisor()).post(PAGE, {"portfolio": "north", "scenario": "survey"})
    assert answer.status_code == 422
    assert "请选择文件" in text(answer)
    assert '<option value="survey" selected>' in text(answer)


@pytest.mark.parametrize(
    ("content", "chinese", "english"),
    [
        (b"", "文件是空的", "The file is empty."),
        (b"\xff\xd8\xff\xe0 picture", "jpeg", "only CSV, XLSX and XLS are read"),
        (b"PK\x03\x04 broken", "损坏", "damaged or incomplete"),
        (b'a,"b\nc', "引号", "quotation mark"),
        (b"15400000018,119900199001010010\n1,2", "第一行", "values instead of column names"),
        (",".join(f"c{n}" for n in range(501)).encode(), "500", "more than 500 columns"),
    ],
)
def test_gives_one_clear_error_for_a_file_that_cannot_be_read(cast: Cast, content, chinese, english):
    client = browser(cast.supervisor())
    for language, words in (("zh-hans", chinese), ("en", english)):
        client.cookies["django_language"] = language
        answer = upload(client, content)
        assert answer.status_code == 422
        assert answer.context["form"].errors.keys() == {"file"}
        assert len(answer.context["form"].errors["file"]) == 1
        assert words in text(answer)
        assert "15400000018" not in text(answer)


def test_refuses_a_file_beyond_the_limit_without_holding_it(cast: Cast, settings):
    settings.UPLOAD_MAX_BYTES = settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = upload(browser(cast.supervisor()), b"a,b\n" + b"1,2\n" * 1000)
    assert answer.status_code == 422
    assert "1000" in text(answer)
    assert not SealedFile.objects.exists()


def test_keeps_the_upload_sealed_and_nothing_of_its_rows(cast: Cast, settings):
    client = browser(cast.supervisor())
    columns_page(client, sheet(*rows(1, 2)))
    chunk = bytes(FileChunk.objects.get().sealed)
    who = synthetic(1)
    for value in (who.mobile, who.resident_id, who.name):
        assert value.encode() not in chunk
        assert value not in str(dict(client.session))


def test_proposes_fields_shows_kinds_and_names_what_is_left_out(cast: Cast):
    client = browser(cast.supervisor())
    answer = client.get(columns_page(client, sheet(*rows(*range(1, 30)))))
    shown = answer.context["mapping"]
    assert [(one.header, one.target) for one in shown.taken] == [
        ("客户编号", "number"),
        ("姓名", "full_name"),
        ("手机号", "mobile"),
        ("身份证号", "resident_id"),
        ("备注", "service_note"),
    ]
    assert shown.names_left_out == ["暗号"]
    assert {one.header: one.level for one in shown.taken}["手机号"] == 3
    page = text(answer)
    assert "信息项目录中没有" in page or "暗号" in page
    for number in range(1, 30):
        who = synthetic(number)
        assert who.mobile not in page
        assert who.resident_id not in page
        assert who.name not in page


def test_keeps_a_column_of_a_higher_kind_out_of_a_lower_field(cast: Cast):
    client = browser(cast.supervisor())
    page = columns_page(client, sheet(*rows(*range(1, 30))))
    answer = client.get(page)
    mobile = next(one for one in answer.context["mapping"].taken if one.header == "手机号")
    closed = {option.code for _words, options in mobile.groups for option in options if option.closed}
    assert {"number", "service_note", "business_number", "city"} <= closed
    assert "mobile" not in closed
    typed = proposed(answer) | {mobile.name: "city"}
    refused = client.post(page, typed)
    assert refused.status_code == 422
    assert "手机号" in text(refused)
    again = next(one for one in refused.context["mapping"].taken if one.header == "手机号")
    assert again.error
    assert again.target == "city"
    assert not Job.objects.exists()


def test_keeps_the_choice_and_says_what_is_wrong_with_it(cast: Cast):
    client = browser(cast.supervisor())
    page = columns_page(client, sheet(*rows(1)))
    typed = dict.fromkeys(proposed(client.get(page)), "") | {"column-5": "occupation"}
    refused = client.post(page, typed)
    assert refused.status_code == 422
    assert len(refused.context["mapping"].problems) == 1
    assert proposed(refused) == typed
    assert proposed(client.get(page)) == typed, "a reload keeps the choice"


def test_warns_where_the_scenario_insists_on_a_field_without_column(cast: Cast):
    client = browser(cast.supervisor())
    content = sheet("Q1,Berlin", header="number,city")
    answer = client.get(columns_page(client, content, scenario="registration"))
    assert answer.context["mapping"].missing
    assert not client.get(columns_page(client, content)).context["mapping"].missing


def test_tries_out_and_writes_nothing(cast: Cast):
    cast.customer("W0001")
    client = browser(cast.supervisor())
    lines = rows(1, 2, 3)
    lines[1] = lines[1].replace(synthetic(2).mobile, "1234567")
    page = tried(client, sheet(*lines))
    assert counts(client, page) == (1, 1, 0, 1, 0)
    answer = client.get(page)
    (problem,) = answer.context["problems"]
    assert (problem.line, problem.column) == (3, "手机号")
    assert "1234567" not in text(answer)
    assert Customer.objects.count() == 1
    assert answer.context["one"].may_start
    assert not answer.context["one"].needs_signature


def test_pages_through_refused_rows_and_hands_out_the_report(cast: Cast):
    client = browser(cast.supervisor())
    page = tried(client, sheet(*(f"W{n:04d},张示例,12345{n},,," for n in range(120))))
    answer = client.get(page)
    assert len(answer.context["problems"]) == 50
    assert client.get(f"{page}?page=3").context["problems"][-1].line == 121
    report = client.get(f"{page}report/")
    told = text(report).lstrip("\ufeff").splitlines()
    assert report["Content-Disposition"].startswith('attachment; filename="import-')
    assert told[0] == "行 Line,列 Column,结果 Result,原因,Reason"
    assert len(told) == 121
    assert "手机号" in told[1]
    assert "This is not a mobile number" in told[1]
    assert "1234567" not in "".join(told)


def test_hands_a_long_report_out_in_pieces_without_losing_a_row(cast: Cast):
    client = browser(cast.supervisor())
    page = tried(client, sheet(*rows(1)))
    job = page.strip("/").split("/")[-1]
    ImportProblem.objects.bulk_create(
        ImportProblem(job=job, line=line, column="手机号", code="not_a_mobile") for line in range(2, 4004)
    )
    told = text(client.get(f"{page}report/")).lstrip("\ufeff").splitlines()
    assert [line.split(",")[0] for line in told[1:]] == [str(line) for line in range(2, 4004)]


def test_warns_of_two_numbers_with_one_id_number(cast: Cast):
    cast.indexed_customer("OLD1", resident_id=synthetic(5).resident_id)
    client = browser(cast.supervisor())
    page = tried(client, sheet(*rows(5)))
    assert counts(client, page) == (1, 0, 0, 0, 1)
    answer = client.get(f"{page}?show=warned")
    (warning,) = answer.context["problems"]
    assert "OLD1" in warning.words
    assert synthetic(5).resident_id not in text(answer)


def test_does_not_tell_where_a_foreign_number_is(cast: Cast):
    cast.customer("W0001", "south")
    client = browser(cast.supervisor())
    page = tried(client, sheet(*rows(1)))
    assert counts(client, page) == (0, 0, 0, 1, 0)
    answer = text(client.get(page))
    assert "south" not in answer
    assert client.post(f"{page}start/")["Location"] == page
    assert not Job.objects.filter(kind=run.IMPORT).exists()


def test_imports_once_and_shows_the_result(cast: Cast):
    client = browser(cast.supervisor())
    page = tried(client, sheet(*rows(1, 2)))
    started = client.post(f"{page}start/")["Location"]
    work()
    assert counts(client, started) == (2, 0, 0, 0, 0)
    answer = text(client.get(started))
    assert "/customers/list/?portfolio=north" in answer
    assert Customer.objects.filter(portfolio__code="north").count() == 2
    assert started in text(client.get(page)), "the dry run leads to its import"
    assert client.post(f"{page}start/")["Location"] == page
    assert Job.objects.filter(kind=run.IMPORT).count() == 1
    assert started in text(client.get(PAGE))


def test_shows_no_value_of_the_file_anywhere(cast: Cast, caplog):
    client = browser(cast.supervisor())
    lines = rows(*range(1, 20))
    lines += [f"V1,{synthetic(40).name},13,119900199001010011,回电{synthetic(41).mobile},zz"]
    lines += [f"V2,,{synthetic(42).mobile}9,,,zz"]
    columns = columns_page(client, sheet(*lines))
    first = client.get(columns)
    checked = client.post(columns, proposed(first))["Location"]
    work()
    seen = [text(first), text(client.get(columns)), columns, checked]
    seen += [text(client.get(f"{checked}{more}")) for more in ("", "?show=warned", "report/")]
    started = client.post(f"{checked}start/")["Location"]
    work()
    seen += [started, text(client.get(started)), text(client.get(f"{started}report/"))]
    seen += [text(client.get(other)) for other in (PAGE, "/jobs/", "/notifications/")]
    assert counts(client, started) == (19, 0, 0, 2, 0)
    everything = "".join(seen) + caplog.text
    people = [synthetic(number) for number in (*range(1, 20), 40, 41, 42)]
    values = {value for who in people for value in (who.name, who.mobile, who.resident_id)}
    assert not [value for value in values | {"119900199001010011"} if value in everything]


def test_lays_many_changes_before_the_head_and_runs_once_signed(cast: Cast):
    head = browser(cast.person(HEAD))
    for number in range(101):
        cast.customer(f"W{number:04d}")
    client = browser(cast.supervisor())
    page = tried(client, sheet(*rows(*range(101))))
    assert client.get(page).context["one"].needs_signature
    assert client.post(f"{page}start/").status_code == 422
    decision = client.post(f"{page}start/", {"reason": "年度更新"})["Location"]
    assert decision.startswith("/decisions/")
    assert decision in text(client.get(page))
    assert client.post(f"{page}start/", {"reason": "再来"})["Location"] == page
    made = Proposal.objects.get()
    signed = head.post(f"{decision}approve/", {"hash": made.content_hash})
    assert signed["Location"] == decision
    work()
    job = Job.objects.get(kind=run.IMPORT)
    assert counts(client, f"{PAGE}{job.pk}/") == (0, 101, 0, 0, 0)


def test_is_nobody_elses(cast: Cast):
    one, other = browser(cast.supervisor()), browser(cast.supervisor())
    columns = columns_page(one, sheet(*rows(1)))
    page = tried(one, sheet(*rows(1)))
    for address in (columns, page, f"{page}report/"):
        assert other.get(address).status_code == 404
    assert other.post(f"{page}start/").status_code == 404
    assert other.post(columns, {"column-0": "number"}).status_code == 404
    assert page not in text(other.get(PAGE))


def test_sends_back_to_the_start_when_the_upload_is_over(cast: Cast):
    client = browser(cast.supervisor())
    columns, page = columns_page(client, sheet(*rows(1))), tried(client, sheet(*rows(1)))
    SealedFile.objects.update(keep_until=timezone.now())
    assert client.get(columns)["Location"] == PAGE
    assert client.post(columns, {"column-0": "number"})["Location"] == PAGE
    assert not client.get(page).context["one"].may_start
    assert client.post(f"{page}start/")["Location"] == page


def test_knows_its_methods(cast: Cast):
    client = browser(cast.supervisor())
    page = tried(client, sheet(*rows(1)))
    assert client.post(page).status_code == 405
    assert client.get(f"{page}start/").status_code == 405
    assert client.post(f"{page}report/").status_code == 405


def test_reads_a_workbook(cast: Cast):
    held = BytesIO()
    who = synthetic(7)
    values = [("W0007", who.name, who.mobile)]
    write_xlsx(held, ("客户编号", "姓名", "手机号"), values, properties={}, banner="")
    client = browser(cast.supervisor())
    assert counts(client, tried(client, held.getvalue(), name="list.xlsx")) == (1, 0, 0, 0, 0)


def test_says_when_the_work_cannot_go_on(cast: Cast):
    actor = cast.supervisor()
    assert actor.id is not None
    client = browser(actor)
    page = columns_page(client, sheet(*rows(1)))
    checked = client.post(page, proposed(client.get(page)))["Location"]
    RoleHolding.objects.filter(person_id=actor.id).delete()
    work()
    assert Job.objects.get().error_code == "owner_may_not"
    RoleHolding.objects.create(person_id=actor.id, role=SUPERVISOR, since=cast.at)
    answer = client.get(checked)
    assert not answer.context["one"].may_start
    assert problem_words("owner_may_not") in text(answer)
    assert f'href="{checked}"' in text(client.get("/notifications/"))


@IN_COMMITTED_ROWS
def test_shows_progress_from_a_real_worker_and_rings_the_bell(
    cast: Cast, start_worker: Callable[[], Worker], caplog
):
    start_worker()
    client = browser(cast.supervisor())
    page = columns_page(client, sheet(*rows(*range(1, 40))))
    checked = client.post(page, proposed(client.get(page)))["Location"]
    ended(client, checked)
    assert counts(client, checked) == (39, 0, 0, 0, 0)
    started = client.post(f"{checked}start/")["Location"]
    ended(client, started)
    assert counts(client, started) == (39, 0, 0, 0, 0)
    assert client.get(f"/jobs/{started.split('/')[-2]}/").context["job"].result_url == started
    bell = text(client.get("/notifications/"))
    assert f'href="{checked}"' in bell
    assert f'href="{started}"' in bell
    assert not any(note.code in bell for note in Notification.objects.all())
    for number in range(1, 40):
        assert synthetic(number).mobile not in caplog.text


def ended(client: Client, page: str) -> None:
    """Ask for the progress bar, as the page does, until it no longer asks again."""
    bar = f"/jobs/{page.split('/')[-2]}/progress/"
    assert client.get(page).status_code == 200
    wait_until(lambda: "hx-get" not in text(client.get(bar, headers=HTMX)), what="the job")
    assert f'href="{page}"' in text(client.get(bar, headers=HTMX))


def test_takes_what_it_knows_of_a_strangers_file(cast: Cast):
    header = "customerID,gender,SeniorCitizen,tenure,StreamingTV,Contract,PaymentMethod,MonthlyCharges,Churn"
    lines = [f"{n}-VHVEG,Female,0,{n},No,One year,Mailed check,29.85,No" for n in range(1000, 1030)]
    client = browser(cast.supervisor())
    content = sheet(*lines, header=header)
    shown = client.get(columns_page(client, content)).context["mapping"]
    assert {one.header: one.target for one in shown.taken} == {
        "customerID": "number",
        "Contract": "contract_type",
        "PaymentMethod": "payment_method",
        "MonthlyCharges": "monthly_spend",
    }
    assert shown.names_left_out == ["gender", "SeniorCitizen", "tenure", "StreamingTV", "Churn"]
    assert counts(client, tried(client, content)) == (30, 0, 0, 0, 0)


def test_a_file_from_elsewhere_needs_proof_of_its_source(cast: Cast):
    supervisor = cast.supervisor()
    client = browser(supervisor)
    answer = upload(client, sheet(*rows(1)), origin="elsewhere", proof=" ")
    assert answer.status_code == 422
    assert "来源证明" in text(answer).split('id="i_proof_error"')[1][:300]
    assert not SealedFile.objects.exists()


def test_the_proof_of_a_file_is_named_by_every_value_and_read_by_few(cast: Cast):
    supervisor = cast.supervisor()
    client = browser(supervisor)
    page = tried(client, sheet(*rows(1)), origin="elsewhere", proof="合作方移交，协议第八条")
    (job,) = Job.objects.all()
    text_id = job.parameters["proof"]
    assert "合作方" not in str(job.parameters)
    assert client.post(f"{page}start/").status_code == 302
    work()
    customer = Customer.objects.get(number="W0001")
    assert {origin["proof"] for origin in customer.origins.values()} == {text_id}
    history = f"/customers/{customer.ref}/history/mobile/"
    assert f"{history}proof/{text_id}/" in text(client.get(history))
    assert "合作方移交，协议第八条" in text(client.get(f"{history}proof/{text_id}/"))
    assert browser(cast.agent()).get(f"{history}proof/{text_id}/").status_code == 404


def test_what_is_typed_beside_the_customers_own_word_is_not_kept(cast: Cast):
    tried(browser(cast.supervisor()), sheet(*rows(1)), proof="不必")
    assert Job.objects.get().parameters["proof"] == ""
    assert not SealedText.objects.exists()
