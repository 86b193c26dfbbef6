"""Which tests run in one process: those that share a site that takes a minute to start."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

SITES = (
    "tests/browser/",
    "tests/custinfo/test_demo.py",
    "tests/custinfo/test_compose.py",
    "tests/test_canary.py",
    "tests/test_acknowledged.py",
)


class OneSiteEach(LoadScopeScheduling):
    """Hand tests out one by one, and those of one site together, first of all.

    `--dist loadgroup` says the same with marks, but its marks are lost on pytest 9 (pytest-xdist 3.8 writes the group
    into an attribute that is no longer read).
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((site for site in SITES if nodeid.startswith(site)), nodeid)
