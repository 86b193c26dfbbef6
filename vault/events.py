"""What the trail records about the keys of the site: sealed, opened, shares brought. No key, no share is a fact."""

from django.utils.translation import gettext_lazy as _

from trail.vocabulary import declare

SITE_SEALED = declare("vault.site_sealed", name=_("Site sealed"), facts=("order",), alarm=True)
SITE_UNSEALED = declare(
    "vault.site_unsealed", name=_("Site opened: the keys are there again"), facts=("provider",)
)
SHARE_BROUGHT = declare("vault.share_brought", name=_("Share of the master key brought"), facts=("share",))
SHARE_REFUSED = declare("vault.share_refused", name=_("Share of the master key refused"), facts=("why",))
