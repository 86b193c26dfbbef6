"""What a customer sent with the form of a link: an answer per purpose, the separate ticks, perhaps a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from consent.links import AskedPurpose
from files import deposits

YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Given:
    """The answers by purpose code, the purposes whose sensitive items were ticked, and what is missing.

    A yes without the tick is a whole answer: it covers everything but the sensitive items, because separate
    consent that is forced would be none (PIPL 14, 29).
    """

    answers: Mapping[str, bool]
    separate: frozenset[str]
    unanswered: frozenset[str]

    @property
    def complete(self) -> bool:
        """Whether every purpose is answered."""
        return not self.unanswered


@dataclass(frozen=True, slots=True)
class Question:
    """One purpose as the form shows it."""

    asked: AskedPurpose
    number: int
    answer: str = ""
    ticked: bool = False
    problem: str = ""


NOTHING = Given({}, frozenset(), frozenset())


def read(purposes: tuple[AskedPurpose, ...], sent: Mapping[str, Any]) -> Given:
    """Read the answers; what is neither yes nor no is no answer."""
    said = {one.code: sent.get(f"answer-{one.code}") for one in purposes}
    answers = {code: answer == YES for code, answer in said.items() if answer in {YES, NO}}
    separate = frozenset(one.code for one in purposes if sent.get(f"separate-{one.code}") == YES)
    return Given(answers, separate, frozenset(said.keys() - answers.keys()))


def questions(purposes: tuple[AskedPurpose, ...], given: Given) -> list[Question]:
    """Return the purposes with what was answered and what is wrong, in the reader's language."""
    return [
        Question(
            asked=one,
            number=number,
            answer={True: YES, False: NO, None: ""}[given.answers.get(one.code)],
            ticked=one.code in given.separate,
            problem=_problem(one.code, given),
        )
        for number, one in enumerate(purposes, start=1)
    ]


def _problem(code: str, given: Given) -> str:
    return _("Answer yes or no.") if code in given.unanswered else ""


def read_file(uploaded: UploadedFile[Any] | None) -> tuple[bytes | None, str]:
    """Return the file's content, or what is wrong with it in words."""
    if uploaded is None:
        return None, ""
    content = uploaded.read(deposits.MAX_DEPOSIT_BYTES + 1)
    try:
        deposits.media_type(content)
    except deposits.NotAccepted as refusal:
        return None, _file_words(refusal.code)
    return content, ""


def _file_words(code: str) -> str:
    if code == deposits.SIZE:
        return _("The file has more than 10 MB. Choose a smaller one.")
    if code == deposits.EMPTY:
        return _("The file is empty. Choose another.")
    return _("The file is no PDF, PNG or JPEG. Choose another.")
