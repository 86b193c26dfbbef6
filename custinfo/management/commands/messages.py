"""`manage.py messages`: bring message files up to the sources, compile them, or check that both were done."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from custinfo import messages


class Command(BaseCommand):
    help = "Extract, merge and compile the Chinese messages of our apps; no gettext programs are needed."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("labels", nargs="*", help="app labels; all apps when none is named")
        parser.add_argument("--compile", action="store_true", help="compile only")
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail unless complete and fresh"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        directories = messages.our_apps(options["labels"])
        if options["check"]:
            said = [problem for directory in directories for problem in messages.problems(directory)]
            if said:
                raise CommandError("\n".join(said))
            return
        if not options["compile"]:
            for directory in directories:
                merged = messages.merge(directory)
                self.stdout.write(f"{directory.name}: {len(merged)} messages, {_empty(merged)} to translate")
        self.stdout.write(f"{messages.compile_stale(directories)} files compiled")


def _empty(merged: Any) -> int:
    return sum(1 for entry in merged if not entry.translated())
