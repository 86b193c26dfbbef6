"""The outermost word on every public answer: never cached, no body that is too large, every refusal a page in words."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import get_language_from_request, override

from desk.public.limits import TooMany
from desk.public.views import errors
from trail.services import TrailUnavailable

Handler = Callable[[HttpRequest], HttpResponseBase]


class Answers:
    """Middleware: headers of every answer, and pages for what views raise."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = refusal_by_length(request) or self.get_response(request)
        # SECURITY: an answer belongs to whoever holds the link, not to a cache on the way.
        answer["Cache-Control"] = "no-store, private"
        return answer

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if isinstance(exception, TooMany):
            return errors.too_many(request, exception.seconds)
        if isinstance(exception, TrailUnavailable):
            return errors.unavailable(request)
        return None


def answers(get_response: Handler) -> Answers:
    """Make the middleware."""
    return Answers(get_response)


def refusal_by_length(request: HttpRequest) -> HttpResponseBase | None:
    """Refuse a body that is too large, or of a length nobody says, before a byte of it is read."""
    if request.method != "POST":
        return None
    said = request.META.get("CONTENT_LENGTH", "")
    longest = settings.UPLOAD_MAX_BYTES + (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)
    with override(get_language_from_request(request, check_path=True)):
        if not said.isascii() or not said.isdigit():
            return errors.no_length(request)
        return errors.too_large(request) if int(said[:12]) > longest else None
