"""The trail's own kinds of event."""

from django.utils.translation import gettext_lazy as _

from trail.vocabulary import declare

# scope: what was read: events, event:<number>, customer:<uuid>, person:<uuid>, self, team, department.
# filters: the names of the filters used, never what was typed into them.
TRAIL_READ = declare("trail.read", name=_("read the trail"), facts=("scope", "filters"))
PARTITIONS_MADE = declare("trail.partitions_made", name=_("made room for months"), facts=("partitions",))
# command: the command's name; arguments: the names of its options, never what was given to them.
COMMAND_RAN = declare("command.ran", name=_("ran a management command"), facts=("command", "arguments"))
