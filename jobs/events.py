"""Event kinds of jobs. Starting one is part of the act that starts it, so it has no event of its own."""

from django.utils.translation import gettext_lazy as _

from trail.vocabulary import declare

STOPPED = declare("jobs.stopped", name=_("stopped a background job"), facts=("job", "job_kind"))
FAILED = declare("jobs.failed", name=_("a background job failed"), facts=("job", "job_kind", "error"))
