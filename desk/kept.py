"""A form kept while its sender gives the second factor again, and then sent once more.

It lies in the session, whose payload is sealed (`staff.sessions`), never in an address; it is taken out when
it is shown, and too large a form is not kept at all: the page says that it must be filled in again.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

PLACE = "kept_form"
LARGEST = 64 * 1024
LONGEST_SECONDS = 600


@dataclass(frozen=True, slots=True)
class KeptForm:
    """What was sent: where, how, and its fields; not `complete` when files or too much text were left out."""

    path: str
    method: str
    fields: tuple[tuple[str, str], ...]
    complete: bool
    at: float


def keep(request: HttpRequest) -> None:
    """Keep this request's form in the session of its sender."""
    pairs = [
        (name, str(value))
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken"
    ]
    body = urlencode(pairs)
    fits = len(body) <= LARGEST
    at: datetime = request.at  # type: ignore[attr-defined]
    request.session[PLACE] = {
        "path": request.get_full_path(),
        "method": request.method,
        "body": body if fits else "",
        "complete": fits and not request.FILES,
        "at": at.timestamp(),
    }


def peek(request: HttpRequest) -> KeptForm | None:
    """Return the kept form without taking it; nothing when none is kept or it is too old."""
    held = request.session.get(PLACE)
    at: datetime = request.at  # type: ignore[attr-defined]
    if not held or at.timestamp() - held["at"] > LONGEST_SECONDS:
        return None
    fields = tuple((name, str(value)) for name, values in QueryDict(held["body"]).lists() for value in values)
    return KeptForm(held["path"], held["method"], fields, held["complete"], held["at"])


def take(request: HttpRequest) -> KeptForm | None:
    """Return the kept form and forget it."""
    form = peek(request)
    request.session.pop(PLACE, None)
    return form
