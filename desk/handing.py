"""Hand a stamped copy of a stranger's file out, or say why there is none: the same for every door."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from desk.copies import sent
from desk.views import errors
from files.copies import Copy, Unreadable
from vault.envelope import CannotOpen


def hand_copy(request: HttpRequest, look: Callable[[], Copy]) -> HttpResponse:
    """Answer with the copy that a look gives. What else the look raises is the caller's to answer."""
    try:
        return sent(look())
    except Unreadable:
        title = _("This file cannot be shown")
        words = _(
            "It is damaged, protected by a password, or far larger than it looks, so no copy with your name can be "
            "made of it. Nothing of it was shown; the original is kept as it is."
        )
        next_step = _("Ask whoever brought it for a plain PDF, PNG or JPEG.")
    except CannotOpen:
        title, next_step = _("This file cannot be opened any more"), ""
        words = _(
            "It was changed or damaged where it lies, or its key was destroyed. Nothing of it was shown."
        )
    return errors.page(request, 409, title, words, next_step)
