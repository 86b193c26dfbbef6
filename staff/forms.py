"""Forms of the back office for what people signed and passed: the services are asked before anything is said."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from files.deposits import NotAccepted, media_type
from staff import undertakings
from staff.models import RequiredCourse, Training, Undertaking
from staff.services import duties
from trail.actor import Actor

if TYPE_CHECKING:
    Base = forms.ModelForm[Any]
else:
    Base = forms.ModelForm

NOT_ENTERED = {
    "own": _(
        "This is your own. Another security manager has to enter it; the undertaking you sign on screen."
    ),
    "unknown_version": _("There was never such a version of the text."),
    "not_yet": _("This day lies before the text, or in the future."),
    "ends_before": _("It would be over before it began."),
}


def versions() -> list[tuple[str, str]]:
    """Return the versions of the text as choices, newest first."""
    return [(text.version, f"{text.version} {text.hash[:12]}…") for text in reversed(undertakings.texts())]


class Filed(Base):
    """What is filed about somebody; the screen says who files it, and when."""

    by: Actor
    at: datetime

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.fields.pop("ends", None)

    def insist(self, said: dict[str, Any]) -> None:
        """Ask the service whether this can be filed.

        :raises staff.services.duties.NotEntered: it cannot.
        """

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if not self.errors and self.instance.pk is None:
            try:
                self.insist(said)
            except duties.NotEntered as refused:
                raise forms.ValidationError(NOT_ENTERED[refused.code]) from None
        return said


def scanned(upload: Any) -> Any:
    """Insist on a PDF, PNG or JPEG of at most 10 MB."""
    if upload:
        try:
            media_type(upload.read())
        except NotAccepted:
            raise forms.ValidationError(_("This must be a PDF, PNG or JPEG of at most 10 MB.")) from None
        upload.seek(0)
    return upload


class UndertakingForm(Filed):
    """An undertaking that was signed on paper."""

    version = forms.ChoiceField(label=_("version of the text"), choices=versions)
    scan = forms.FileField(label=_("scan of the paper"))

    class Meta:
        model = Undertaking
        fields = ("person", "version", "signed_at")

    def insist(self, said: dict[str, Any]) -> None:
        duties.insist_paper(said["person"], said["version"], said["signed_at"], self.by, self.at)

    def clean_scan(self) -> Any:
        return scanned(self.cleaned_data["scan"])


class TrainingForm(Filed):
    """A course that somebody passed."""

    certificate = forms.FileField(label=_("certificate"), required=False)
    ends = forms.BooleanField(label=_("It counts no more, from now on"))

    class Meta:
        model = Training
        fields = ("person", "course", "passed_at", "valid_until")

    def insist(self, said: dict[str, Any]) -> None:
        duties.insist_training(said["person"], said["passed_at"], said["valid_until"], self.by, self.at)

    def clean_certificate(self) -> Any:
        return scanned(self.cleaned_data["certificate"])


class RequiredCourseForm(Filed):
    """A course that a role needs."""

    ends = forms.BooleanField(label=_("It is required no more, from now on"))

    class Meta:
        model = RequiredCourse
        fields = ("role", "course", "months")
