"""Which tests run in one process, those that share a site that takes a minute to start, and which must not run last."""

from __future__ import annotations

import re

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

SITES = (
    "tests/browser/",
    "tests/custinfo/test_demo.py",
    "tests/custinfo/test_compose.py",
    "tests/test_canary.py",
    "tests/test_acknowledged.py",
)
LONG = re.compile(r"^tests/journeys/|_killed\.py|_under_load\.py")
"""What takes tens of seconds: begun last, it would keep one process at work while the others have nothing to do."""


class OneSiteEach(LoadScopeScheduling):
    """Hand tests out one by one, and those of one site together, first of all.

    `--dist loadgroup` says the same with marks, but its marks are lost on pytest 9 (pytest-xdist 3.8 writes the group
    into an attribute that is no longer read).
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((site for site in SITES if nodeid.startswith(site)), nodeid)

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        """Forget what is done: otherwise each of five thousand reports looks through all that came before it."""
        test = self.registered_collections[node][item_index]
        scope = self._split_scope(test)
        given = self.assigned_work[node]
        given[scope][test] = True
        if all(given[scope].values()):
            del given[scope]
        self._reschedule(node)


def long_ones_first(items: list[pytest.Item]) -> None:
    """Of the tests that commit, which follow those that roll back, begin those that take long; else keep the order."""
    items.sort(key=lambda item: _commits(item) and not LONG.search(item.nodeid))


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    commits = marker is not None and bool(marker.kwargs.get("transaction"))
    return commits or "transactional_db" in getattr(item, "fixturenames", ())
