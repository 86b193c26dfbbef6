"""Retention's own kinds of event."""

from django.utils.translation import gettext_lazy as _

from trail.vocabulary import declare

BACKUP_MADE = declare(
    "backup.made",
    name=_("backup made"),
    facts=(
        "backup",
        "backup_kind",
        "file",
        "bytes",
        "file_sha256",
        "recovery_point",
        "generation",
        "journal",
    ),
)
BACKUP_REMOVED = declare(
    "backup.removed", name=_("backup removed at the end of its life"), facts=("backup", "backup_kind", "file")
)
BACKUP_CHECKED = declare(
    "backup.checked",
    name=_("backup restored to check it"),
    facts=("backup", "backup_kind", "file", "took", "faults"),
)
RECOVERED = declare(
    "backup.recovered",
    name=_("site restored from backups"),
    facts=("recovery", "backup", "keyring_backup", "recovery_point", "took", "replayed"),
)
DRILLED = declare(
    "backup.drilled",
    name=_("restoring practised"),
    facts=("recovery", "backup", "keyring_backup", "recovery_point", "took", "faults"),
)
