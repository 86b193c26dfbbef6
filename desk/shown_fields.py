"""What the pages of fields receive: frozen, in words."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.models import Proposal
from classification.models import FieldVersion
from classification.proposals import confirming, fields
from classification.proposals.labels import label_of
from classification.review import Review, reviews
from classification.words import summary
from customers.models import Customer
from customers.queries import visible_to
from customers.relabel.concerned import misfits
from customers.relabel.moving import HOLDS_HIGHER, NOT_APPROVED, UNREADABLE
from customers.relabel.run import RELABEL
from customers.words import problem_words
from desk import jobs_shown
from desk.jobs_shown import shown
from desk.shown import JobShown
from desk.shown_decisions import signers_of
from jobs.models import Job
from trail.actor import Actor

MOST_CUSTOMERS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """One version of a field with whoever signed it."""

    number: int
    level: int
    words: str
    since: datetime
    until: datetime | None
    shipped: bool
    proposal: UUID | None
    signers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfits:
    """Values that do not fit one field: how many by reason, and those customers that the reader may see."""

    reasons: tuple[tuple[str, int], ...]
    customers: tuple[tuple[UUID, str, str], ...]


def versions_of(field: str) -> list[VersionLine]:
    """Return all versions of a field, newest first, with their signatures; three queries."""
    rows = list(FieldVersion.objects.filter(field=field).order_by("-number"))
    signed = signers_of([row.proposal for row in rows if row.proposal])
    return [
        VersionLine(
            number=row.number,
            level=row.level,
            words=summary(label_of(row)),
            since=row.since,
            until=row.until,
            shipped=row.shipped,
            proposal=row.proposal,
            signers=signed.get(row.proposal, ()) if row.proposal else (),
        )
        for row in rows
    ]


def review_of(field: str, at: datetime) -> Review:
    """Return when a field was last reviewed and when it is due."""
    return reviews(at)[field]


def misfits_of(field: str, actor: Actor, at: datetime) -> Misfits:
    """Return which held values do not fit a field."""
    rows = misfits(field)
    reasons = rows.values_list("code").annotate(Count("pk")).order_by("code")
    within = Customer.objects.filter(pk__in=visible_to(actor, at).values("pk"))
    seen = rows.filter(customer__in=within).select_related("customer").order_by("customer__number")
    return Misfits(
        reasons=tuple((misfit_words(code), count) for code, count in reasons),
        customers=tuple(
            (one.customer.ref, one.customer.number, misfit_words(one.code)) for one in seen[:MOST_CUSTOMERS]
        ),
    )


def misfit_words(code: str) -> str:
    """Say why a held value does not fit."""
    own = {
        HOLDS_HIGHER: _("It holds something of a higher level inside, so it stays sealed."),
        UNREADABLE: _("It cannot be opened: its key is gone."),
        NOT_APPROVED: _("No signed change opens it, so it stays sealed."),
    }
    return own.get(code) or problem_words(code)


def job_of(field: str, at: datetime) -> JobShown | None:
    """Return the newest job that moves the values of a field; its bar is asked for on the field's own page."""
    job = Job.objects.filter(kind=RELABEL, parameters__field=field).order_by("-created_at").first()
    if job is None:
        return None
    return shown(job, actor_id=None, at=at, progress_url=reverse("desk:field_progress", args=[field]))


def waiting_about(field: str, at: datetime) -> list[Proposal]:
    """Return the proposals about a field that wait for signatures."""
    waiting = Proposal.objects.waiting(at).filter(kind__in=(fields.CHANGE, fields.NEW, confirming.CONFIRM))
    return [one for one in waiting.order_by("proposed_at") if _is_about(one, field)]


def _is_about(proposal: Proposal, field: str) -> bool:
    content = proposal.content
    return content.get("field") == field or field in dict(content.get("fields", ()))


def _page(job: Job) -> str:
    return reverse("desk:field", args=[job.parameters["field"]])


jobs_shown.describe(RELABEL, name=gettext_lazy("Held values follow a label"), result=_page)
