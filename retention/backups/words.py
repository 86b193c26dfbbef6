"""Words of backups: their kinds, and what checks and restoring find wrong."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KIND_NAMES: dict[str, str | Promise] = {"data": _("data"), "keyring": _("keyring")}
FAULTS: dict[str, str | Promise] = {
    "file_missing": _("The file is not where it should lie."),
    "file_changed": _("The file is not what its manifest says."),
    "not_restorable": _("The file does not open with this identity, or PostgreSQL cannot restore it."),
    "counts_differ": _("Other numbers of rows came back than the manifest counts."),
    "heads_differ": _("Other migrations came back than the manifest names."),
    "trail_tampered": _("The trail that came back does not verify."),
    "trail_differs": _("The trail's newest checkpoint is not the one in the manifest."),
    "foreign_deployment": _("The keyring that came back is of another deployment."),
    "keys_do_not_open": _("Keys that came back do not open with the master keys held here."),
}
"""What can be wrong, by code."""

_REFUSALS: dict[str, str | Promise] = {
    "not_set_up": _("Set BACKUP_DIR and KEYRING_BACKUP_DIR: the places where the backups lie."),
    "no_backup": _("There is no such backup with its manifest: %(about)s."),
    "file_missing": _("%(about)s is not where its manifest says."),
    "file_changed": _("%(about)s is not what its manifest says; take another one."),
    "foreign_deployment": _(
        "%(about)s is of another deployment than the keyring; its values would never open."
    ),
    "newer_software": _("The backup was made by newer software, which knows %(about)s; install that first."),
    "keyring_before_data": _(
        "%(about)s is older than the data, so keys made in between would be missing; take a newer keyring."
    ),
    "older_keyring": _(
        "The keyring %(about)s is older than one that is known: keys destroyed since would come back. Take the newest."
    ),
    "no_keyring": _("There is no keyring to keep; leave --keep-keyring out."),
    "not_empty": _("The databases hold tables; --replace drops them all and restores in their place."),
    "in_use": _("The databases have %(about)s other connections; stop web, public, worker and beat first."),
    "wrong_identity": _("%(about)s is sealed to somebody else; give the identity of its recipient as well."),
    "not_restorable": _("PostgreSQL could not restore %(about)s. The site stays closed."),
    "not_closed": _("No restore is under way, so there is nothing to finish."),
    "half_filled": _(
        "The restore was cut short before both databases were filled; begin again with --replace."
    ),
    "keys_do_not_open": _(
        "%(about)s of the keys that were tried do not open with the master keys held here; bring the right key file"
        " and finish with --finish. The site stays closed."
    ),
    "may_not_make_databases": _(
        "The owner's login may not make databases; run deploy/roles.sql with custinfo.createdb=yes."
    ),
    "no_identity": _("Say who opens the backups: --identity FILE or --identity-fd NUMBER."),
}


def refusal(code: str, about: str = "") -> str:
    """Return why a restore does not begin or go on, as one sentence."""
    return str(_REFUSALS[code]) % {"about": about}
