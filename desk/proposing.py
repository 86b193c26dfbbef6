"""Proposing from a page: the proposal, or in words why there is none."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from approvals.models import Proposal
from approvals.registry import CannotApply
from approvals.services import NobodyCanSign
from approvals.words import cannot_apply_words
from desk.permission import DeskRequest


def proposed(propose: Callable[[], Proposal]) -> tuple[Proposal | None, str]:
    """Return the proposal, or why there is none."""
    try:
        return propose(), ""
    except CannotApply as problem:
        return None, cannot_apply_words(problem)
    except NobodyCanSign:
        return None, _(
            "Nobody could sign this now: name a head of the department or a data security officer first."
        )


def to_proposal(request: DeskRequest, made: Proposal) -> HttpResponse:
    """Lead to the proposal that was just made."""
    messages.success(request, _("Proposed. Those who sign have been told."))
    return redirect("desk:decision", id=made.pk)
