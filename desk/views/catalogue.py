"""The register of what may be held: every field with its label, purposes, holders, term, review and signatures."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from access.queries.register import Entry, register
from access.services import register as files
from classification.models import LEVELS, categories
from customers.holders import recent_holders
from desk.permission import DeskRequest, PageClosed, allowed
from desk.templatetags.desk import listed

UNCONFIRMED, OVERDUE = "unconfirmed", "overdue"


@allowed("catalogue.read", methods=["GET"])
def catalogue(request: DeskRequest) -> HttpResponse:
    """Show the register by level, and which fields nobody here has confirmed yet (S0-20)."""
    found = register(request.at, recent_holders(request.at))
    chosen = Chosen.of(request)
    levels = [(level, [one for one in found.by_level(level) if chosen.takes(one)]) for level in LEVELS]
    return render(
        request,
        "desk/catalogue/catalogue.html",
        {
            "register": found,
            "levels": [(level, entries) for level, entries in levels if entries],
            "shown": sum(len(entries) for _level, entries in levels),
            "chosen": chosen,
            "filtered": listed(list(chosen.in_words())),
            "all_levels": LEVELS,
            "categories": categories(),
        },
    )


@allowed("catalogue.read", methods=["POST"])
def catalogue_download(request: DeskRequest) -> HttpResponse:
    """Hand out the whole register as a file."""
    format = request.POST.get("format", "")
    if format not in files.FORMATS:
        raise Http404
    try:
        made = files.download(format, by=request.actor, at=request.at)
    except files.NotAllowed:
        raise PageClosed("catalogue.read") from None
    answer = HttpResponse(made.content, content_type=made.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the reader wants to see of the register; what is not understood is not asked for."""

    level: int
    category: str
    state: str
    typed: str

    @classmethod
    def of(cls, request: DeskRequest) -> "Chosen":
        """Read the filters of the address."""
        asked = request.GET
        level, category = asked.get("level", ""), asked.get("category", "")
        return cls(
            level=int(level) if level in map(str, LEVELS) else 0,
            category=category if category in dict(categories()) else "",
            state=asked.get("state", "") if asked.get("state") in (UNCONFIRMED, OVERDUE) else "",
            typed=asked.get("name", "").strip()[:60],
        )

    def takes(self, entry: Entry) -> bool:
        """Return whether an entry is wanted."""
        spec, typed = entry.spec, self.typed.casefold()
        names = (spec.label, spec.name_zh, spec.name_en, spec.code)
        return (
            self.level in (0, spec.level)
            and self.category in ("", spec.category)
            and (self.state != UNCONFIRMED or not spec.confirmed)
            and (self.state != OVERDUE or entry.review.overdue)
            and any(typed in name.casefold() for name in names)
        )

    def in_words(self) -> Iterator[str]:
        """Say what is filtered."""
        if self.level:
            yield f"L{self.level}"
        if self.category:
            yield str(dict(categories())[self.category])
        if self.state == UNCONFIRMED:
            yield _("not yet confirmed by you")
        if self.state == OVERDUE:
            yield _("review overdue")
        if self.typed:
            yield _("named like “%(typed)s”") % {"typed": self.typed}
