"""What the trail records about keys. Versions and counts; never a key, never whose data keys they are."""

from django.utils.translation import gettext_lazy as _

from trail.vocabulary import declare

KEK_CREATED = declare("custody.kek_created", name=_("Master key made"), facts=("kek",))
KEK_PROMOTED = declare("custody.kek_promoted", name=_("Master key promoted"), facts=("kek",))
KEK_RETIRED = declare("custody.kek_retired", name=_("Master key retired"), facts=("kek",))
KEK_COMPROMISED = declare(
    "custody.kek_compromised", name=_("Master key marked as compromised"), facts=("kek",), alarm=True
)
MINIMUM_RAISED = declare(
    "custody.minimum_raised", name=_("Lowest version that unwraps raised"), facts=("kek",)
)
KEK_DESTROYED = declare("custody.kek_destroyed", name=_("Master key destroyed"), facts=("kek",))
REWRAPPED = declare(
    "custody.rewrapped", name=_("Data keys wrapped anew"), facts=("kek", "keys", "unreadable", "job")
)
DRILL_RECORDED = declare(
    "custody.drill_recorded", name=_("Escrow drill recorded"), facts=("held_on", "copy", "opened")
)
REGISTER_DOWNLOADED = declare(
    "custody.register_downloaded", name=_("Key register downloaded"), facts=("format", "language")
)
