"""Settings, URLs, the role → permission table, schedules, embedded servers and the demo."""

import gc

# Loading makes hundreds of thousands of things that stay and hardly one cycle: looking for cycles as often as Python
# does by itself is a fifth of each start. Here, because every process of ours loads this first; see `custinfo.start`.
gc.set_threshold(50_000, 50, 20)

from custinfo.celery import app as celery_app  # noqa: E402

__all__ = ["celery_app"]
