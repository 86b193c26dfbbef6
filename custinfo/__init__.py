"""Settings, URLs, the role → permission table, schedules, embedded servers and the demo."""

import gc

# Loading makes a hundred thousand things that stay and hardly one cycle: looking for cycles as often as Python does by
# itself is a fifth of each start. Here, because every process of ours loads this first.
gc.set_threshold(20_000, 20, 20)

from custinfo.celery import app as celery_app  # noqa: E402

__all__ = ["celery_app"]
