"""`python -m tests.live.list_due`: the daily run of retention, now; prints how many batches there are."""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "custinfo.settings")
django.setup()

from retention import tasks  # noqa: E402
from retention.models import DestructionBatch  # noqa: E402

if __name__ == "__main__":
    tasks.list_due()
    sys.stdout.write(json.dumps(DestructionBatch.objects.count()) + "\n")
