"""Which Celery task works on which kind of job. Apps register their kinds when they are loaded."""

from dataclasses import dataclass
from datetime import timedelta

LEASE = timedelta(seconds=30)
"""How long a worker may be silent before another takes its job; a batch must take far less."""


class UnknownKind(LookupError):
    """No app has registered this kind of job."""


@dataclass(frozen=True, slots=True)
class Handler:
    """How jobs of one kind are worked on."""

    kind: str
    task: str
    lease: timedelta


_handlers: dict[str, Handler] = {}


def register(kind: str, task: str, *, lease: timedelta = LEASE) -> Handler:
    """Name the Celery task (dotted) that works on jobs of a kind.

    :raises ValueError: when the kind has another handler already.
    """
    handler = Handler(kind, task, lease)
    if _handlers.setdefault(kind, handler) != handler:
        raise ValueError(f"{kind} has a handler already.")
    return handler


def get(kind: str) -> Handler:
    """Return the handler of a kind.

    :raises UnknownKind: when there is none.
    """
    try:
        return _handlers[kind]
    except KeyError:
        raise UnknownKind(kind) from None
