"""Forms about notices: a new one, and the draft of its next version. The services decide again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from classification.purposes import PurposeSpec
from consent import drafting
from consent.models import LANGUAGES, NOTICE, POLICY, Notice, NoticeDraft, NoticeVersion, channels
from consent.services.notices import CHANGES
from desk.forms_purposes import code_field

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

LANGUAGE_NAMES = {"zh-hans": "中文", "en": "English"}
"""Each in its own words."""
HINTS: Mapping[str, Promise] = {
    CHANGES: _("What is different from the version before, in words that a customer understands."),
    drafting.METHOD: _("How it is collected, kept and used, and how it is protected."),
    drafting.SENSITIVE: _(
        "Why it is needed and what it may mean for the customer. Left out where no chosen purpose needs such fields."
    ),
    drafting.RECIPIENTS: _(
        "One a line: who, what for, which information. Write “nobody” where there is none."
    ),
    drafting.RETENTION: _("What happens when the terms are over; the terms themselves are listed."),
    drafting.RIGHTS: _("To see, copy, correct, delete and withdraw, and whom to turn to."),
    drafting.CHILDREN: _("The rules for children and who agrees for them; may stay empty."),
    drafting.BODY: _("The whole policy."),
}
BAD_DRAFT: dict[str, "StrPromise"] = {
    "unknown_purpose": _("A purpose that was chosen has ended meanwhile. Choose again."),
    "too_long": _("A section has at most 6,000 characters."),
    "no_purpose": _("Choose at least one purpose: a notice is about what the information is used for."),
    "no_changes": _("Say in both languages what this version changes."),
}
"""Why a draft cannot be kept or proposed."""


def kinds() -> list[tuple[str, object]]:
    """Return what may be published."""
    return [(NOTICE, _("privacy notice")), (POLICY, _("security policy"))]


class NewNoticeForm(forms.Form):
    """A notice that there is not yet; what it says comes with its first version."""

    kind = forms.ChoiceField(label=_("Kind of text"), choices=kinds)
    code = code_field()
    channel = forms.ChoiceField(
        label=_("Channel"), choices=channels, help_text=_("Where customers are shown it.")
    )
    name_zh = forms.CharField(label=_("Chinese name"), max_length=80)
    name_en = forms.CharField(label=_("English name"), max_length=80)

    def clean_code(self) -> str:
        """Refuse a code that a notice has already."""
        code: str = self.cleaned_data["code"]
        if Notice.objects.filter(code=code).exists():
            raise forms.ValidationError(_("There is a notice with this code already."))
        return code


@dataclass(frozen=True, slots=True)
class SectionInputs:
    """One section to be written: what it is called, a hint, and its input in each language."""

    title: Promise
    hint: Promise
    inputs: tuple[tuple[str, forms.BoundField], ...]


class DraftForm(forms.Form):
    """What the next version of a notice will say, in both languages side by side."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed to propose it: the department head who signs reads it. It is sealed."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        notice: Notice,
        draft: NoticeDraft | None,
        newest: NoticeVersion | None,
        purposes: Sequence[PurposeSpec],
    ) -> None:
        super().__init__(data, initial={"seen": written_at(draft)})
        said = drafting.TYPED if notice.kind == NOTICE else (drafting.BODY,)
        self.sections: tuple[str, ...] = (CHANGES, *said) if newest else said
        typed = draft.typed if draft else drafting.typed_in(newest) if newest else {}
        for section in self.sections:
            for language in LANGUAGES:
                self.fields[f"{language}-{section}"] = _section(
                    language, typed.get(language, {}).get(section, "")
                )
        if notice.kind == NOTICE:
            self._ask_for_purposes(draft, newest, purposes)

    def _ask_for_purposes(
        self, draft: NoticeDraft | None, newest: NoticeVersion | None, purposes: Sequence[PurposeSpec]
    ) -> None:
        before = {str(one["code"]) for one in newest.purposes} if newest else set()
        self.fields["purposes"] = _boxes(
            _("Purposes that it tells of"), purposes, draft.purposes if draft else sorted(before)
        )
        again = [one for one in purposes if one.code in before]
        if again:
            self.fields["renews"] = _boxes(
                _("Consents to be renewed"),
                again,
                draft.renews if draft else (),
                _(
                    "Earlier consents to these purposes count no longer once this version is published (PIPL 14)."
                ),
            )

    @property
    def rows(self) -> list[SectionInputs]:
        """The sections in the order in which customers read them."""
        titles = {**drafting.TITLES, CHANGES: _("What changed")}
        return [
            SectionInputs(
                titles[section],
                HINTS[section],
                tuple((LANGUAGE_NAMES[language], self[f"{language}-{section}"]) for language in LANGUAGES),
            )
            for section in self.sections
        ]

    def typed(self) -> dict[str, dict[str, str]]:
        """Return what was written, by language and section."""
        return {
            language: {section: self.cleaned_data[f"{language}-{section}"] for section in self.sections}
            for language in LANGUAGES
        }

    def chosen(self, name: str) -> list[str]:
        """Return the purposes that were ticked in one of the lists."""
        ticked: list[str] = self.cleaned_data.get(name, [])
        return ticked


class _Text(forms.CharField):
    """Lines as they are published: browsers send each end of line as two characters."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


def written_at(draft: NoticeDraft | None) -> str:
    """Return what tells one state of a draft from the next."""
    return draft.written_at.isoformat() if draft else ""


def _section(language: str, initial: str) -> forms.CharField:
    spoken = {"en": "en", "zh-hans": "zh-Hans"}[language]
    return _Text(
        required=False,
        initial=initial,
        max_length=drafting.LONGEST_SECTION,
        widget=forms.Textarea(attrs={"rows": 5, "class": "form-control", "lang": spoken}),
    )


def _boxes(
    label: Any, purposes: Sequence[PurposeSpec], chosen: Sequence[str], help_text: Any = ""
) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=[(one.code, one.name) for one in purposes],
        initial=list(chosen),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=help_text,
        error_messages={"invalid_choice": BAD_DRAFT["unknown_purpose"]},
    )
