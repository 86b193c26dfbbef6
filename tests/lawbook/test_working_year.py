"""`manage.py working_year`: a file of days becomes a year of the calendar, or a line that says what is wrong."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from lawbook.calendar import is_working_day
from lawbook.models import WorkingYear

pytestmark = pytest.mark.django_db


def run(tmp_path: Path, lines: str) -> str:
    file, out = tmp_path / "days.txt", StringIO()
    file.write_text(lines)
    call_command("working_year", "2091", str(file), "--citation", "通知", stdout=out)
    return out.getvalue()


def test_enters_the_year(tmp_path: Path) -> None:
    assert run(tmp_path, "2091-01-01 off\n2091-01-06 worked\n") == "2091: 1 off, 1 worked\n"
    assert not is_working_day(date(2091, 1, 1))
    assert WorkingYear.objects.get().citation == "通知"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("2091-01-01 off\n2091-01-32 off\n", "Line 2"),
        ("2091-01-01 holiday\n", "Line 1"),
        ("2091-01-01\n", "Line 1"),
        ("2092-01-01 off\n", "2092-01-01"),
        ("", "No day off"),
    ],
)
def test_says_what_is_wrong_and_enters_nothing(tmp_path: Path, lines: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        run(tmp_path, lines)
    assert not WorkingYear.objects.exists()


def test_says_when_there_is_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("working_year", "2091", str(tmp_path / "none.txt"), "--citation", "通知")
