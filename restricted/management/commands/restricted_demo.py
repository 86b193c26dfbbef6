"""Enrol the demo's people on the restricted site."""

from typing import Any

from django.core.management.base import BaseCommand

from restricted import demo
from trail import services as trail


class Command(BaseCommand):
    """`manage.py restricted_demo`: refused outside the demo."""

    help = "Enrol the demo's supervisors, heads and officers on the restricted site; the demo only."

    def handle(self, *args: Any, **options: Any) -> None:
        demo.enrol_everybody(at=trail.clock())
