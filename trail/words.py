"""What the trail's codes are called, in the reader's language."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ACT_NAMES = {
    "listed": _("listed"),
    "opened": _("opened"),
    "revealed": _("revealed"),
    "compared": _("compared"),
    "exported": _("exported"),
    "used": _("used without being shown"),
    "written": _("written"),
    "refused": pgettext_lazy("act", "refused"),
}
MODE_NAMES = {
    "human": pgettext_lazy("mode of acting", "in person"),
    "api": _("by API"),
    "system": _("by the system"),
    "public": _("on a public page"),
    "demo": _("demo data"),
}
WITNESS_NAMES = {"file": _("a file in another place"), "mail": _("e-mail")}


def witness_choices() -> list[tuple[str, object]]:
    """Return the kinds of witness as (code, name)."""
    return list(WITNESS_NAMES.items())


def act_choices() -> list[tuple[str, object]]:
    """Return the acts as (code, name)."""
    return list(ACT_NAMES.items())


def mode_choices() -> list[tuple[str, object]]:
    """Return the modes of acting as (code, name)."""
    return list(MODE_NAMES.items())
