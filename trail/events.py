"""The trail's own kinds of event."""

from django.utils.translation import gettext_lazy as _

from trail.vocabulary import declare

# scope: what was read: events, event:<number>, customer:<uuid>, person:<uuid>, self, team, department.
# filters: the names of the filters used, never what was typed into them.
TRAIL_READ = declare("trail.read", name=_("read the trail"), facts=("scope", "filters"))
PARTITIONS_MADE = declare("trail.partitions_made", name=_("made room for months"), facts=("partitions",))
# command: the command's name; arguments: the names of its options, never what was given to them.
COMMAND_RAN = declare("command.ran", name=_("ran a management command"), facts=("command", "arguments"))
# why: what does not fit, in numbers of leaves; never what an event says.
SEALING_REFUSED = declare(
    "trail.sealing_refused", name=_("refused to seal a trail that was changed"), facts=("why",), alarm=True
)
# sealed: leaves here; witnessed: leaves that the witness has seen.
OLDER_THAN_WITNESSED = declare(
    "trail.older_than_witnessed",
    name=_("refused to seal a trail that is older than what its witness has seen"),
    facts=("sealed", "witnessed"),
    alarm=True,
)
# witness: file. why: in its own words, in numbers of leaves.
WITNESS_REFUSED = declare(
    "trail.witness_refused", name=_("a witness refused the trail"), facts=("witness", "why"), alarm=True
)
# month: the month that left; file: the archive that holds it; digest: over its leaves; file_sha256: of the archive.
ARCHIVED = declare(
    "trail.archived",
    name=_("archived a month of the trail"),
    facts=("month", "events", "exposures", "digest", "file", "file_sha256", "proposal"),
)
ARCHIVE_DESTROYED = declare(
    "trail.archive_destroyed",
    name=_("destroyed an archive of the trail"),
    facts=("month", "file", "file_sha256", "proposal"),
)
# what: the month (2026-05) or event:<number> that left the house with its proof.
PROOF_EXPORTED = declare("trail.proof_exported", name=_("downloaded proof of the trail"), facts=("what",))
