"""A stamped copy of a stranger's file on its way to the browser."""

from django.http import HttpResponse

from files.copies import STAMPED, Copy

SANDBOX = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""What a file of a stranger may do in the browser: be looked at, and nothing else."""


def sent(copy: Copy) -> HttpResponse:
    """Answer with a copy: seen in the browser where it has a face, saved where it has none."""
    inline = copy.media_type in STAMPED
    answer = HttpResponse(copy.content, content_type=copy.media_type)
    answer["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{copy.name}"'
    # SECURITY: the file comes from outside; it runs nothing, loads nothing and is told nothing.
    answer["Content-Security-Policy"] = SANDBOX
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
