"""The workbench's own kinds of event."""

from django.utils.translation import gettext_lazy as _

from trail.vocabulary import declare

# report: id of the sealed text; page: the name of the page it was written on, never its address.
PROBLEM_REPORTED = declare(
    "problem.reported", name=_("reported a problem"), facts=("report", "page"), alarm=True
)
PROBLEM_READ = declare("problem.read", name=_("read a problem report"), facts=("report",))
