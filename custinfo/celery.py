"""The Celery application. Messages carry ids only; the truth of a job is its row (`jobs`)."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "custinfo.settings")
# Celery would run the system checks too, without the databases, and throw away what they say: the gates below do it.
os.environ["CELERY_SKIP_CHECKS"] = "yes"

app = Celery("custinfo")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def worker_gate(**kwargs: Any) -> None:
    """Refuse to start as web does, and without the key that opens deposits."""
    from custinfo.start import refuse_unless_fit

    refuse_unless_fit(worker=True)


@beat_init.connect
def beat_gate(**kwargs: Any) -> None:
    """Refuse to start as web does."""
    from custinfo.start import refuse_unless_fit

    refuse_unless_fit()


@setup_logging.connect
def keep_our_logging(**kwargs: Any) -> None:
    """Leave logging as settings.py has it: Celery's own would print task arguments."""
