"""Event kinds of sealed files. Writing a text is part of the act that writes it, without its own event."""

from django.utils.translation import gettext_lazy as _

from trail.vocabulary import declare

PUT = declare("files.put", name=_("stored a sealed file"), facts=("file", "file_purpose", "bytes"))
READ = declare("files.read", name=_("read a sealed file"), facts=("file", "file_purpose"))
KEPT = declare("files.kept", name=_("set the term of a sealed file"), facts=("file", "file_purpose", "until"))
EXPIRED = declare(
    "files.expired", name=_("destroyed a sealed file at the end of its term"), facts=("file", "file_purpose")
)
DESTROYED = declare(
    "files.destroyed",
    name=_("destroyed a sealed file that lies elsewhere now"),
    facts=("file", "file_purpose"),
)
ERASED = declare(
    "files.erased",
    name=_("destroyed a sealed file that held an erased customer"),
    facts=("file", "file_purpose"),
)
TEXTS_READ = declare("files.texts_read", name=_("read sealed texts"), facts=("texts", "about"))
DEPOSIT_TAKEN = declare(
    "files.deposit_taken", name=_("took in a deposited file"), facts=("deposit", "file_purpose", "bytes")
)
DEPOSIT_REFUSED = declare(
    "files.deposit_refused", name=_("refused a deposited file"), facts=("deposit", "file_purpose", "why")
)
DESTRUCTION_ORDERED = declare(
    "files.destruction_ordered",
    name=_("ordered the destruction of an L4 value"),
    facts=("value", "field", "why"),
)
