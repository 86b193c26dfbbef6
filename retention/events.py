"""What the trail records of endings. Facts name batches, counts and digests, never a value."""

from django.utils.translation import gettext_lazy as _

from trail.vocabulary import declare

# batch: id; why: the trigger; customers: how many; digest: of the list.
BATCH_PROPOSED = declare(
    "retention.batch_proposed",
    name=_("proposed a destruction batch"),
    facts=("batch", "why", "customers", "digest"),
)
# digest: of the record's content; checkpoint: size of the trail's newest checkpoint then.
DESTROYED = declare(
    "retention.destroyed",
    name=_("finished a destruction"),
    facts=("batch", "customers", "fields", "held", "digest", "checkpoint"),
)
REPLAYED = declare(
    "retention.replayed", name=_("replayed the destruction journal"), facts=("entries", "customers", "fields")
)
CERTIFICATE_FETCHED = declare(
    "retention.certificate_fetched", name=_("fetched a destruction certificate"), facts=("batch",)
)
