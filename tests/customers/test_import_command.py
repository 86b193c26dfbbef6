"""`manage.py import_customers`: exit codes, report, mapping, dry run."""

import csv
import json
import random
from pathlib import Path

import pytest
from django.core.management import call_command

from customers.models import Customer
from tests.customers.files import any_file
from tests.customers.importing import HEADER, table_row

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
TELCO = ("customerID", "gender", "tenure", "Contract", "PaymentMethod", "MonthlyCharges", "Churn")
TELCO_ROWS = [
    ["7590-AAAAA", "Female", "1", "Month-to-month", "Electronic check", "29.85", "No"],
    ["5575-BBBBB", "Male", "34", "One year", "Mailed check", "56.95", "No"],
    ["3668-CCCCC", "Male", "2", "Two year", "Credit card (automatic)", "53.85", "Yes"],
]

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "telco_customers.csv"
"""A public file of 7,043 customers of a telephone company, where somebody has laid it beside the clone."""
SERVICES = (
    *("gender", "SeniorCitizen", "Partner", "Dependents", "tenure", "PhoneService", "MultipleLines"),
    *("InternetService", "OnlineSecurity", "OnlineBackup", "DeviceProtection", "TechSupport"),
    *("StreamingTV", "StreamingMovies"),
)
BILLS = ("Contract", "PaperlessBilling", "PaymentMethod", "MonthlyCharges", "TotalCharges", "Churn")
KNOWN = {"Contract", "PaymentMethod", "MonthlyCharges"}


def telco() -> bytes:
    """Return the real file, or a tenth of one with its columns and values."""
    if REAL.exists():
        return REAL.read_bytes()
    draw = random.Random(7)
    lines = [",".join(("customerID", *SERVICES, *BILLS))]
    for number in range(704):
        monthly, months = draw.uniform(18, 118), draw.randrange(73)
        bills = (
            draw.choice(("Month-to-month", "One year", "Two year")),
            draw.choice(("Yes", "No")),
            draw.choice(
                (
                    *("Electronic check", "Mailed check"),
                    *("Bank transfer (automatic)", "Credit card (automatic)"),
                )
            ),
            f"{monthly:.2f}",
            f"{monthly * months:.2f}" if months else " ",
            draw.choice(("Yes", "No")),
        )
        services = (draw.choice(("Yes", "No", "No internet service")) for _ in SERVICES)
        lines.append(",".join((f"{number:04d}-{'VHVEG'[number % 5 :]:A<5}", *services, *bills)))
    return "\r\n".join(lines).encode()


@pytest.fixture
def command(house, tmp_path, capsys):
    """Write a file and import it as the supervisor; return the exit code and what was said."""

    def run(data, *words, by=None, portfolio="N1"):
        path = tmp_path / "customers.csv"
        path.write_bytes(data)
        by = by or house.supervisor.number
        with pytest.raises(SystemExit) as ended:
            call_command("import_customers", str(path), "--portfolio", portfolio, "--by", by, *words)
        said = capsys.readouterr()
        return ended.value.code, said.out + said.err

    return run


def table(count, **changes):
    rows = [table_row(number) for number in range(count)]
    for row, cell in changes.items():
        rows[int(row[1:])][HEADER.index("手机号")] = cell
    return any_file("gb18030", HEADER, rows)


def test_zero_when_all_rows_are_in(command):
    code, said = command(table(5))
    assert code == 0
    assert Customer.objects.count() == 5
    assert "5" in said


def test_one_when_some_were_refused_and_the_report_names_them(command, tmp_path):
    report = tmp_path / "report.csv"
    code, said = command(table(5, r2="15x"), "--report", str(report))
    assert code == 1
    assert Customer.objects.count() == 4
    lines = list(csv.reader(report.read_text(encoding="utf-8-sig").splitlines()))
    assert lines[1][:2] == ["4", "手机号"]
    assert "手机号码" in lines[1][3]
    assert "mobile number" in lines[1][4]
    assert "15x" not in report.read_text(encoding="utf-8-sig") + said


def test_two_when_nothing_could_be_done(command, house, tmp_path):
    assert command(b"%PDF-1.7")[0] == 2
    assert command(table(1), portfolio="S1")[0] == 2
    assert command(table(1), by="nobody")[0] == 2
    assert command(table(1), by=house.agent.number)[0] == 2
    assert command(table(1), "--scenario", "nothing")[0] == 2
    assert command(table(1, r0="15x"))[0] == 2
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps({"客户编号": "full_name"}), encoding="utf-8")
    assert command(table(1), "--mapping", str(mapping))[0] == 2
    mapping.write_text(json.dumps({"没有这列": "number"}), encoding="utf-8")
    assert command(table(1), "--mapping", str(mapping))[0] == 2
    mapping.write_text("[]", encoding="utf-8")
    assert command(table(1), "--mapping", str(mapping))[0] == 2
    assert not Customer.objects.exists()


def test_a_dry_run_writes_nothing(command, tmp_path):
    report = tmp_path / "report.xlsx"
    code, _ = command(table(5, r2="15x"), "--dry-run", "--report", str(report))
    assert code == 1
    assert report.read_bytes().startswith(b"PK")
    assert not Customer.objects.exists()


def test_a_mapping_file_decides(command, tmp_path):
    mapping = tmp_path / "mapping.json"
    mapping.write_text(
        json.dumps({"客户编号": "number", "姓名": "full_name", "手机号": ""}), encoding="utf-8"
    )
    assert command(table(2), "--mapping", str(mapping))[0] == 0
    assert all(not customer.sealed for customer in Customer.objects.all())


def test_columns_that_the_catalogue_does_not_know_are_left_out_by_name(command):
    code, said = command(any_file("utf-8", TELCO, TELCO_ROWS))
    assert code == 0
    for name in ("gender", "tenure", "Churn"):
        assert name in said
    customer = Customer.objects.get(number="5575-BBBBB")
    assert customer.open == {"contract_type": "one_year", "payment_method": "check"}
    assert set(customer.sealed) == {"monthly_spend"}


def test_a_real_file_of_another_trade_goes_in_whole(command):
    """What the catalogue does not know is left out by name; cells that are empty are no mistakes."""
    content = telco()
    code, said = command(content)
    assert code == 0, said
    assert Customer.objects.count() == content.count(b"\n") - content.endswith(b"\n")
    left_out = {*SERVICES, *BILLS} - KNOWN
    assert len(left_out) == 17
    assert not {name for name in left_out if name not in said}
    kept = list(Customer.objects.values_list("open", "sealed"))
    contracts = {document["contract_type"] for document, _ in kept}
    assert contracts == {"monthly", "one_year", "two_years"}
    assert all("monthly_spend" in sealed for _, sealed in kept)


def test_a_hundred_changes_and_more_go_through_the_workbench(command):
    command(table(101))
    rows = [table_row(number) for number in range(101)]
    for row in rows:
        row[HEADER.index("所在城市")] = "示例市"
    code, said = command(any_file("utf-8", HEADER, rows))
    assert code == 2
    assert "101" in said
    assert not Customer.objects.filter(open__city="示例市").exists()
