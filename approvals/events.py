"""What the trail records about proposals. `hash` is the hash of the content, never the content."""

from django.utils.translation import gettext_lazy as _

from trail.vocabulary import declare

PROPOSED = declare(
    "approvals.proposed", name=_("Made a proposal"), facts=("proposal", "proposal_kind", "hash")
)
APPROVED = declare(
    "approvals.approved", name=_("Approved a proposal"), facts=("proposal", "proposal_kind", "seat", "hash")
)
REFUSED = declare(
    "approvals.refused", name=_("Refused a proposal"), facts=("proposal", "proposal_kind", "seat", "hash")
)
WITHDRAWN = declare("approvals.withdrawn", name=_("Withdrawn"), facts=("proposal", "proposal_kind"))
NARROWED = declare(
    "approvals.narrowed",
    name=_("Narrowed a proposal"),
    facts=("proposal", "proposal_kind", "narrowed_to", "hash"),
)
STAND_IN_NAMED = declare(
    "approvals.stand_in_named", name=_("Stand-in named"), facts=("person", "stand_in", "since", "until")
)
STAND_IN_ENDED = declare("approvals.stand_in_ended", name=_("Stand-in ended"), facts=("person", "stand_in"))
APPLIED = declare("approvals.applied", name=_("Carried out"), facts=("proposal", "proposal_kind", "signers"))
SIGNING_REFUSED = declare(
    "approvals.signing_refused", name=_("Signing refused"), facts=("proposal", "proposal_kind", "why")
)
SELF_APPROVAL = declare(
    "approvals.self_approval",
    name=_("Tried to sign an own proposal"),
    facts=("proposal", "proposal_kind"),
    alarm=True,
)
REASONS_READ = declare("approvals.reasons_read", name=_("Reasons of a proposal read"), facts=("proposal",))
