"""Template tags of the record form."""

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def hidden_beginning(bound: BoundField) -> SafeString:
    """Carry what an open field began with, so that only what the person changes is written."""
    return bound.as_hidden(only_initial=True)
