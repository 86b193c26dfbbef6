"""What customers are told: privacy notices and the security policy, their versions, and the draft of the next."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from approvals.models import Proposal
from classification.purposes import purposes
from consent import drafting
from consent.models import Notice, NoticeDraft
from consent.services import notices as writing
from desk.forms_notices import BAD_DRAFT, DraftForm, NewNoticeForm, written_at
from desk.permission import DeskRequest, allowed
from desk.proposing import proposed, to_proposal
from desk.shown_notices import (
    digests_of,
    draft_state,
    lines_of,
    missing_words,
    previews_of,
    version_page,
    versions_of,
)
from staff.permissions import may
from staff.queries import organisation

SAVE, PREVIEW, PROPOSE = "save", "preview", "propose"


@allowed("notices.read", methods=["GET"])
def notices(request: DeskRequest) -> HttpResponse:
    """List the notices with the version in force, the next one, and the consents that wait for renewal."""
    facts = {"lines": lines_of(request.at), "organisation": organisation() is not None}
    return render(request, "desk/notices/notices.html", facts)


@allowed("notices.propose", methods=["GET", "POST"])
def notice_new(request: DeskRequest) -> HttpResponse:
    """Begin a notice, and go on to write its first version."""
    form = NewNoticeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = writing.add_notice(**form.cleaned_data, by=request.actor, at=request.at)
        return redirect("desk:notice_draft", code=made.code)
    return render(request, "desk/notices/new.html", {"form": form}, status=422 if form.errors else 200)


@allowed("notices.read", methods=["GET"])
def notice(request: DeskRequest, code: str) -> HttpResponse:
    """Show a version of a notice in both languages side by side, the newest unless another is asked for."""
    found = _notice(code)
    versions = versions_of(found, request.at)
    newest = str(versions[0].number) if versions else ""
    asked = request.GET.get("version", newest)
    known = {str(one.number): one.number for one in versions}
    if asked and asked not in known:
        raise Http404
    page = version_page(found, known[asked], request.at) if asked else None
    facts = {
        "notice": found,
        "page": page,
        "versions": [(one, digests_of(one.sha256)) for one in versions],
        "draft": draft_state(found, request.at),
        "may_propose": may(request.actor, "notices.propose"),
    }
    return render(request, "desk/notices/notice.html", facts)


@allowed("notices.propose", methods=["GET", "POST"])
def notice_draft(request: DeskRequest, code: str) -> HttpResponse:
    """Write the next version: keep it, show it as customers will read it, or propose it for publication."""
    found = _notice(code)
    draft = NoticeDraft.objects.filter(notice=found).first()
    form = _form(request, found, draft)
    if request.method != "POST":
        return _page(request, found, form, draft)
    if not form.is_valid():
        return _page(request, found, form, draft, status=422)
    if form.cleaned_data["seen"] != written_at(draft):
        return _overtaken(request, found, form, draft)
    try:
        draft = writing.write_draft(
            found,
            typed=form.typed(),
            purposes=form.chosen("purposes"),
            renews=form.chosen("renews"),
            by=request.actor,
            at=request.at,
        )
    except writing.BadDraft as bad:
        form.add_error(None, str(BAD_DRAFT[bad.code]))
        return _page(request, found, form, draft, status=422)
    act = request.POST.get("act", SAVE)
    if act == PROPOSE:
        return _propose(request, found, form, draft)
    if act == PREVIEW:
        return _page(request, found, _resumed(form, draft), draft, preview=True)
    messages.success(request, _("The draft is kept. Nobody but you and your colleagues sees it yet."))
    return redirect("desk:notice_draft", code=code)


def _propose(request: DeskRequest, found: Notice, form: DraftForm, draft: NoticeDraft) -> HttpResponse:
    """Lay the draft that was just kept before a department head, or say what is missing."""
    reason, problems = form.cleaned_data["reason"].strip(), list[str]()
    no_organisation = False
    if not reason:
        form.add_error("reason", _("Say why; the department head reads it before signing."))
    made: Proposal | None = None
    try:
        if reason:
            made, problem = proposed(
                lambda: writing.propose(draft, reason=reason, by=request.actor, at=request.at)
            )
            problems += [problem] if problem else []
        else:
            writing.content_of(draft, request.at)
    except drafting.Incomplete as incomplete:
        problems = missing_words(incomplete.missing)
    except writing.BadDraft as bad:
        problems = [str(BAD_DRAFT[bad.code])]
    except writing.NoOrganisation:
        no_organisation = True
    if made:
        return to_proposal(request, made)
    for problem in problems:
        form.add_error(None, problem)
    return _page(request, found, _resumed(form, draft), draft, status=422, no_organisation=no_organisation)


def _overtaken(
    request: DeskRequest, found: Notice, form: DraftForm, draft: NoticeDraft | None
) -> HttpResponse:
    """Keep what was typed and say who wrote meanwhile; sending it again writes over that."""
    if draft is None:
        said = _(
            "This draft was published meanwhile. What you typed is kept here; keep it as the next version."
        )
    else:
        said = _(
            "%(number)s wrote this draft meanwhile. What you typed is kept here; send it again to replace it."
        )
        said %= {"number": draft.writer_number}
    form.add_error(None, said)
    return _page(request, found, _resumed(form, draft), draft, status=409)


def _resumed(form: DraftForm, draft: NoticeDraft | None) -> DraftForm:
    """Move the form to the draft as it is now."""
    data = form.data.copy()  # type: ignore[attr-defined]
    data["seen"] = written_at(draft)
    form.data = data
    return form


def _form(request: DeskRequest, found: Notice, draft: NoticeDraft | None) -> DraftForm:
    return DraftForm(
        request.POST if request.method == "POST" else None,
        notice=found,
        draft=draft,
        newest=writing.newest(found.code, request.at),
        purposes=list(purposes(request.at).values()),
    )


def _page(
    request: DeskRequest,
    found: Notice,
    form: DraftForm,
    draft: NoticeDraft | None,
    *,
    status: int = 200,
    preview: bool = False,
    no_organisation: bool = False,
) -> HttpResponse:
    controller = organisation()
    before = writing.newest(found.code, request.at)
    facts: dict[str, Any] = {
        "notice": found,
        "form": form,
        "number": before.number + 1 if before else 1,
        "state": draft_state(found, request.at),
        "no_organisation": no_organisation or (preview and controller is None),
        "previews": previews_of(draft, controller, request.at) if preview and draft and controller else [],
    }
    return render(request, "desk/notices/draft.html", facts, status=status)


def _notice(code: str) -> Notice:
    found = Notice.objects.filter(code=code).first()
    if found is None:
        raise Http404
    return found
