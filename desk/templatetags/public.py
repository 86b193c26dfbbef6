"""Template tags of the public pages."""

import json
from collections.abc import Iterable, Mapping

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def in_language(texts: Mapping[str, str], language: str) -> str:
    """Return what a text says in a language; the first there is rather than nothing."""
    return texts.get(language) or next(iter(texts.values()), "")


@register.filter
def listed_in(names: Iterable[Mapping[str, str]], language: str) -> str:
    """Join names as the language does."""
    joint = "、" if language.startswith("zh") else ", "
    return joint.join(in_language(one, language) for one in names)


@register.filter
def as_json(document: object) -> str:
    """Return a document as it is read by people."""
    return json.dumps(document, ensure_ascii=False, indent=2)


@register.filter
def state_words(state: str) -> str:
    """Return what an answer is now, to whom gave it."""
    words = {
        "given": _("You consented"),
        "refused": _("You said no"),
        "withdrawn": _("You withdrew"),
        "revoked": _("We ended it"),
        "expired": _("Expired"),
        "renew": _("To be asked again: the notice has changed"),
    }
    return words[state]


@register.filter
def receipt_words(reason: str) -> str:
    """Return why a receipt is not accepted."""
    words = {
        "not_a_receipt": _("This is no receipt of ours: it cannot be read as one."),
        "unknown_key": _("This receipt was signed with a key that is not ours."),
        "bad_signature": _("This receipt was changed, or its signature is damaged."),
        "other_version": _("This receipt has a form that this page does not know."),
    }
    return words[reason]
