"""Event kinds of the restricted host. They are written to the main trail; none carries a value or a typed word."""

from django.utils.translation import gettext_lazy as _

from trail.vocabulary import declare

ENROLMENT_MADE = declare(
    "restricted.enrolment_made",
    name=_("made a one-time code for the restricted site"),
    facts=("person", "number", "roles"),
)
ENROLMENT_REFUSED = declare(
    "restricted.enrolment_refused",
    name=_("enrolment on the restricted site refused"),
    facts=("number", "why"),
)
FACTOR_ADDED = declare(
    "restricted.factor_added",
    name=_("second factor enrolled on the restricted site"),
    facts=("person", "roles", "factor"),
)
LOGIN = declare("restricted.login", name=_("logged in to the restricted site"))
LOGIN_REFUSED = declare(
    "restricted.login_refused", name=_("login to the restricted site refused"), facts=("number", "why")
)
LOGOUT = declare("restricted.logout", name=_("logged out of the restricted site"))
SESSION_ENDED = declare(
    "restricted.session_ended", name=_("session on the restricted site ended"), facts=("why",)
)
OUTSIDE = declare("restricted.outside", name=_("restricted site asked for from outside its zone"), alarm=True)
ASKED = declare(
    "restricted.asked",
    name=_("asked to see an L4 value"),
    facts=("request", "value", "field", "from", "until"),
)
REQUEST_READ = declare("restricted.request_read", name=_("read a request for L4"), facts=("request",))
SIGNED = declare(
    "restricted.signed", name=_("signed a request for L4"), facts=("request", "seat", "accepted", "hash")
)
FACTOR_REFUSED = declare("restricted.factor_refused", name=_("code for L4 refused"), facts=("value", "why"))
# ground: "request <uuid>", or "officer" where the data security officer looks at an original with a reason.
OPENED = declare("restricted.opened", name=_("L4 value shown"), facts=("value", "field", "ground"))
REFUSED = declare("restricted.refused", name=_("L4 value refused"), facts=("value", "field", "why"))
TAKEN_IN = declare("restricted.taken_in", name=_("L4 value taken in"), facts=("value", "field", "bytes"))
DEPOSIT_REFUSED = declare(
    "restricted.deposit_refused", name=_("deposit to L4 refused"), facts=("value", "field", "why")
)
REWRAPPED = declare(
    "restricted.rewrapped",
    name=_("L4 data keys wrapped under the newest key"),
    facts=("keys", "kek", "failed"),
)
# manifest: its SHA-256, so that a backup that was changed later shows.
BACKED_UP = declare(
    "restricted.backed_up", name=_("backup of L4 made"), facts=("values", "written", "bytes", "manifest")
)
# The moment of this event is the recovery point of the keys.
KEYS_BACKED_UP = declare(
    "restricted.keys_backed_up", name=_("backup of the keys of L4 made"), facts=("keys", "file_sha256")
)
DESTROYED = declare("restricted.destroyed", name=_("L4 value destroyed"), facts=("value", "field"))
SEALED = declare("restricted.sealed", name=_("restricted site sealed"), facts=("order",), alarm=True)
SHARE_BROUGHT = declare(
    "restricted.share_brought", name=_("share of the master key of L4 brought"), facts=("share",)
)
SHARE_REFUSED = declare(
    "restricted.share_refused", name=_("share of the master key of L4 refused"), facts=("why",)
)
# order: the one that ends; 0 where the key came at a start, without any.
UNSEALED = declare("restricted.unsealed", name=_("restricted site opened again"), facts=("order",))
KEY_ACT_PROPOSED = declare(
    "restricted.key_act_proposed",
    name=_("act on a master key of L4 proposed"),
    facts=("key_act", "kek", "hash"),
)
KEY_ACT_ANSWERED = declare(
    "restricted.key_act_answered",
    name=_("act on a master key of L4 answered"),
    facts=("key_act", "kek", "accepted", "hash"),
)
KEY_ACT_DONE = declare(
    "restricted.key_act_done", name=_("act on a master key of L4 carried out"), facts=("key_act", "kek")
)
RESTORED = declare(
    "restricted.restored",
    name=_("L4 brought back from a backup"),
    facts=("drill", "manifest", "recovery_point", "values", "replayed", "took", "faults"),
)
