"""What the organisation tells everybody: current notices and the security policy, with all earlier versions."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from consent.queries import published
from desk.public.limits import limited
from desk.public.pages import language, moment, page


@require_safe
@limited("notices", per_address=300)
def notices(request: HttpRequest) -> HttpResponse:
    """List the notices in force, each with its earlier versions and their SHA-256 (S3-25, S4-8)."""
    return page(request, "notices.html", {"notices": published.published(moment()), "language": language()})


@require_safe
@limited("notices", per_address=300)
def notice(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Show one version of a notice."""
    found = published.notice(code, number, language(), moment())
    if found is None:
        raise Http404
    return page(request, "notice.html", {"notice": found})
