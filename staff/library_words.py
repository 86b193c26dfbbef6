"""Words of libraries that come without Chinese: named here, so that our message file translates them."""

from django.utils.translation import gettext_noop as _

AUDITLOG = (
    _("Audit log"),
    _("Audit log: %s"),
    _("Changes"),
    _("Click to filter by records with this correlation id"),
    _("Correlation ID"),
    _("Created"),
    _("Created {repr:s}"),
    _("Updated {repr:s}"),
    _("Deleted {repr:s}"),
    _("Logged {repr:s}"),
    _("Objects"),
    _("Relationship"),
    _("Resource"),
    _("Resource Type"),
    _("User"),
    _("Action"),
    _("access"),
    _("action"),
    _("actor"),
    _("actor email"),
    _("additional data"),
    _("change message"),
    _("content type"),
    _("create"),
    _("delete"),
    _("log entries"),
    _("log entry"),
    _("object id"),
    _("object pk"),
    _("object representation"),
    _("remote address"),
    _("remote port"),
    _("timestamp"),
    _("update"),
)
FORMS = (_("This field is required."),)
ADMIN = (
    _("Add link"),
    _("Change or view list link"),
    _("Model name"),
    _("None available"),
    _("My actions"),
)
