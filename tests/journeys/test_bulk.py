"""Many customers at once: in through the wizard with a real worker, out as masks, once."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from access.models import Export
from customers.models import Customer
from jobs.models import Job
from kinds.synthetic import person as synthetic
from tests.access.cast import exposures_since
from tests.journeys.firm import CALLER, NUMBER, Firm, Since
from tests.processes import Worker, wait_until

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
HEADER = "客户编号,姓名,手机号,身份证号,暗号"


def rows(count: int) -> bytes:
    people = [synthetic(number) for number in range(count)]
    lines = [
        f"W{number:04d},{who.name},{who.mobile},{who.resident_id},zz" for number, who in enumerate(people)
    ]
    return "\n".join([HEADER, *lines, "W9999,某某,12345,,zz"]).encode("gb18030")


def ended() -> bool:
    return not Job.objects.filter(finished_at=None).exists()


def test_a_supervisor_imports_a_file(firm: Firm, start_worker: Callable[[], Worker]) -> None:
    start_worker()
    supervisor = firm.at_work("supervisor")
    since = Since()
    file = SimpleUploadedFile("客户.csv", rows(30))
    uploaded = supervisor.post(
        "/imports/", file=file, portfolio="north", scenario="handling", origin="customers"
    )
    assert since.kinds() == ["files.put", "files.read"]
    page = supervisor.client.get(uploaded["Location"])
    shown = page.context["mapping"]
    assert shown.names_left_out == ["暗号"]
    form = {column.name: column.target for column in (*shown.taken, *shown.left_out)}
    assert since.kinds() == []

    checked = supervisor.post(uploaded["Location"], **form)["Location"]
    wait_until(ended, what="the dry run")
    assert Customer.objects.count() == 1
    assert "12345" not in supervisor.get(checked)
    assert [kind for kind in since.kinds() if kind != "files.kept"] == ["import.checked"]
    started = supervisor.post(f"{checked}start/")["Location"]
    wait_until(ended, what="the import")
    kinds = [kind for kind in since.kinds() if kind != "files.kept"]
    assert kinds == ["import.started", "import.wrote", "import.finished"]
    supervisor.get(started)
    assert Customer.objects.count() == 31

    found = supervisor.client.post("/customers/", {"how": "mobile", "typed": synthetic(7).mobile})
    assert "W0007" in supervisor.get(found["Location"])
    assert since.kinds() == ["customer.listed"]


def test_a_masked_export_is_fetched_once(firm: Firm) -> None:
    supervisor, colleague = firm.at_work("supervisor"), firm.at_work("supervisor")
    since = Since()
    supervisor.post("/exports/make/", format="csv")
    made = Export.objects.get()
    assert since.kinds() == ["customer.exported", "files.put"]
    (seen,) = exposures_since(made.event - 1, firm.caller)
    assert (seen.act, "mobile" in seen.masked, "mobile" in seen.clear) == ("exported", True, False)

    colleague.post(f"/exports/{made.id}/fetch/", 404)
    assert since.kinds() == []
    sheet = supervisor.post(f"/exports/{made.id}/fetch/", 200).words
    assert since.kinds() == ["export.fetched"]
    assert NUMBER in sheet
    assert "154****0018" in sheet
    assert f"{supervisor.person.name}（{supervisor.person.number}）" in sheet
    assert not any(CALLER[code] in sheet for code in ("mobile", "resident_id", "email"))
    supervisor.post(f"/exports/{made.id}/fetch/", 302)
    assert since.kinds() == ["export.refused"], "and not again"
