"""Which app lives in which database: three promises made physical (architecture.md §3)."""

from typing import Any

WHERE = {"vault": "keyring", "restricted": "restricted"}
"""App label → database alias; every other app lives in `default`."""


class ByApp:
    """Route by app label, for reads, writes and migrations alike."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return WHERE.get(model._meta.app_label, "default")

    db_for_write = db_for_read

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return self.db_for_read(one) == self.db_for_read(other)

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return WHERE.get(app_label, "default") == db
