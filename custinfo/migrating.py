"""Migrations of one of several databases: what an app does that lives in another one is only noted here.

Django takes every migration through every database. Where the router lets an app make nothing, its operations do
nothing, but Django still builds all models of the project again after each of them: of the keyring's nine seconds of a
processor six, of the restricted database's the same.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.db import router
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

Plan = Sequence[tuple[Migration, bool]]
"""Migrations in their order, and whether each is undone."""


class Executor(MigrationExecutor):
    """Apply what has a part in this database; note the rest as applied, in the same order, as Django does too."""

    def migrate(
        self,
        targets: Any,
        plan: Plan | None = None,
        state: ProjectState | None = None,
        fake: bool = False,
        fake_initial: bool = False,
    ) -> ProjectState:
        if not plan or state is None or any(backwards for _migration, backwards in plan):
            return super().migrate(targets, plan, state, fake, fake_initial)
        for lives_here, group in groupby(plan, key=lambda step: self._lives_here(step[0])):
            steps = list(group)
            if lives_here:
                state = super().migrate(targets, steps, state, fake, fake_initial)
            else:
                state = self._noted(steps, state)
        self.check_replacements()
        return state

    def _lives_here(self, migration: Migration) -> bool:
        return router.allow_migrate(self.connection.alias, migration.app_label)

    def _noted(self, steps: Plan, state: ProjectState) -> ProjectState:
        """Record migrations that do nothing here, and let later ones see their models without building them yet."""
        self.recorder.ensure_schema()
        state.__dict__.pop(
            "apps", None
        )  # built again, all models at once, when a migration that needs them comes
        tell = self.progress_callback or (lambda *given: None)
        for migration, _backwards in steps:
            tell("apply_start", migration, False)
            migration.mutate_state(state, preserve=False)
            self.record_migration(migration)  # type: ignore[arg-type, call-arg]  # django-stubs know an older one
            tell("apply_success", migration, False)
        return state
