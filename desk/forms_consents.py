"""The forms of consent: ask by link, record what was answered, bring existing answers in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.services.consents import LONGEST_GUARDIAN, Upload
from classification.models import in_active_language
from consent import words
from consent.models import NoticeVersion
from consent.services.links import MAIL, PRINT
from consent.services.records import NEED_A_FILE, Answer, asked_of
from files.models import MAX_DEPOSIT_BYTES

TYPES = ".pdf,.png,.jpg,.jpeg,.mp3,.wav,.m4a"
YES, NO, NOT_ASKED = "yes", "no", ""
SPOKEN = (("zh-hans", "中文"), ("en", "English"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One purpose of a notice on the form, with its fields in words."""

    code: str
    name: str
    fields: list[str]
    sensitive: list[str]
    answer: forms.BoundField
    separate: forms.BoundField | None


def named(names: Mapping[str, str]) -> str:
    """Return a name kept in both languages in the active one."""
    return in_active_language(names["zh-hans"], names["en"])


class AskForm(forms.Form):
    """Which purposes to ask for, in which language, by mail or printed."""

    purposes = forms.MultipleChoiceField(
        label=_("Purposes"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one purpose.")},
    )
    language = forms.ChoiceField(label=_("Language of the notice"), choices=SPOKEN)
    takes_file = forms.BooleanField(
        label=_("Let the customer add a picture or a signed file"), required=False
    )
    via = forms.ChoiceField(choices=((MAIL, MAIL), (PRINT, PRINT)))

    def __init__(self, data: Any = None, *, askable: Iterable[tuple[str, str]], initial: Any = None) -> None:
        super().__init__(data, initial=initial, auto_id="a_%s")
        field = self.fields["purposes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = list(askable)


class RecordForm(forms.Form):
    """What a customer answered to one version of a notice, with its evidence."""

    language = forms.ChoiceField(label=_("Language the customer read"), choices=SPOKEN)
    method = forms.ChoiceField(label=_("How the customer answered"))
    answered_at = forms.DateTimeField(
        label=_("When the customer answered"),
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        help_text=_("The day and time on the paper or of the call, not of typing it in."),
        error_messages={"invalid": _("Write day and time, such as 2026-11-21 20:45.")},
    )
    written = forms.BooleanField(
        label=_("In writing: the customer signed"), required=False, help_text=_("Some laws ask for it.")
    )
    guardian = forms.CharField(
        label=_("Guardian who consents"),
        required=False,
        max_length=LONGEST_GUARDIAN,
        help_text=_("The customer may be under 14: name and relation. It is sealed."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    evidence = forms.FileField(
        label=_("Evidence of the answers"),
        required=False,
        allow_empty_file=True,  # the service says what is wrong with an empty one
        widget=forms.FileInput(attrs={"accept": TYPES}),
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        version: NoticeVersion,
        minor: bool,
        at: datetime,
        initial: Any = None,
    ) -> None:
        super().__init__(data, files, initial=initial, auto_id="r_%s")
        self.version, self.at, self._asked = version, at, asked_of(version)
        self.fields["evidence"].help_text = gettext(
            "PDF, PNG or JPEG up to %(size)s MB; a call also as MP3, WAV or M4A. A yes needs it: the signed paper, "
            "the recording, or a screenshot of the tick."
        ) % {"size": MAX_DEPOSIT_BYTES // (1024 * 1024)}
        method = self.fields["method"]
        assert isinstance(method, forms.ChoiceField)
        method.choices = [(code, words.METHODS[code]) for code in NEED_A_FILE]
        if not minor:
            del self.fields["guardian"]
        for code, purpose in self._asked.items():
            self.fields[f"answer-{code}"] = forms.ChoiceField(
                label=named(purpose["names"]),
                choices=((YES, _("consents")), (NO, _("does not consent")), (NOT_ASKED, _("not asked"))),
                widget=forms.RadioSelect,
                required=False,
            )
            if any(field["sensitive"] for field in purpose["fields"].values()):
                self.fields[f"separate-{code}"] = forms.BooleanField(
                    label=_("Agreed separately to the sensitive information"), required=False
                )

    def clean_answered_at(self) -> datetime:
        """Refuse what lies in the future, and what the notice is too young for."""
        answered: datetime = self.cleaned_data["answered_at"]
        if answered > self.at:
            raise forms.ValidationError(words.refusal_words("too_late"))
        if answered.replace(second=59, microsecond=999_999) < self.version.published_at:
            told = {"date": timezone.localtime(self.version.published_at).strftime("%Y-%m-%d %H:%M")}
            raise forms.ValidationError(words.refusal_words("before_notice", told))
        # The field knows minutes only: this minute means now, and never earlier than the notice.
        if timezone.localtime(self.at).replace(second=0, microsecond=0) <= answered:
            return self.at
        return max(answered, self.version.published_at)

    @property
    def asked(self) -> list[Asked]:
        """The purposes, each with its controls."""
        return [
            Asked(
                code=code,
                name=named(purpose["names"]),
                fields=_labels(purpose, sensitive=False),
                sensitive=_labels(purpose, sensitive=True),
                answer=self[f"answer-{code}"],
                separate=self[f"separate-{code}"] if f"separate-{code}" in self.fields else None,
            )
            for code, purpose in self._asked.items()
        ]

    @property
    def answers(self) -> list[Answer]:
        """What was answered; purposes that were not asked are left out."""
        said = self.cleaned_data
        return [
            Answer(
                purpose=code,
                yes=said[f"answer-{code}"] == YES,
                separate=said[f"answer-{code}"] == YES and bool(said.get(f"separate-{code}")),
            )
            for code in self._asked
            if said.get(f"answer-{code}") in (YES, NO)
        ]

    @property
    def uploads(self) -> list[Upload]:
        """The evidence, as the service takes it."""
        sent = self.cleaned_data.get("evidence")
        if sent is None:
            return []
        # One byte more than is taken: enough to be refused, never the whole of something huge.
        return [
            Upload(content=sent.read(MAX_DEPOSIT_BYTES + 1), kind=NEED_A_FILE[self.cleaned_data["method"]])
        ]


class BringInForm(forms.Form):
    """A file of existing answers, and the notice that they were given to."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,  # the reader says what is wrong with an empty one
        error_messages={"required": _("Choose a file.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xls"}),
    )
    version = forms.ChoiceField(
        label=_("Notice that was answered"),
        help_text=_("Its wording is what the customers agreed to; it says which fields a yes covers."),
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one.")},
    )
    language = forms.ChoiceField(label=_("Language the customers read"), choices=SPOKEN)

    def __init__(self, data: Any = None, files: Any = None, *, versions: Iterable[NoticeVersion]) -> None:
        super().__init__(data, files, auto_id="i_%s")
        field = self.fields["version"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(one.pk), words.version_words(one.notice, one.number)) for one in versions]


def _labels(purpose: Mapping[str, Any], *, sensitive: bool) -> list[str]:
    return [
        named(field["names"]) for field in purpose["fields"].values() if bool(field["sensitive"]) is sensitive
    ]
