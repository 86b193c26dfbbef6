"""What stands around a test: people, departments and portfolios that it only needs to be there."""

from collections.abc import Iterator
from contextlib import contextmanager

from auditlog.context import disable_auditlog


@contextmanager
def no_history() -> Iterator[None]:
    """Keep no change history of what is made: nobody reads it, and writing it is a tenth of a test."""
    with disable_auditlog():
        yield
