"""Numbers drawn: a bar in a table's cell and days as columns, in SVG attributes because styles inline are forbidden."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

HEIGHT = 56
COLUMN = 10


@register.simple_tag
def bar(value: int, of: int) -> SafeString:
    """Draw `value` as a share of `of`; the number itself stands beside it, so the bar is decoration."""
    share = min(100.0, 100 * value / of) if of else 0.0
    return format_html(
        '<svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="100" height="8" class="share-back"/><rect width="{}" height="8" class="share-done"/></svg>',
        f"{share:.1f}",
    )


@register.inclusion_tag("desk/_days.html")
def days(rows: Sequence[tuple[date, int, int]], title: str) -> dict[str, Any]:
    """Draw counts per day as columns: (day, all, of these in clear at L3 or above). A table holds the same numbers."""
    top = max((every for _day, every, _clear in rows), default=0) or 1
    columns = [
        {
            "day": day,
            "every": every,
            "clear": clear,
            "x": place * COLUMN,
            "y": HEIGHT - round(HEIGHT * every / top, 1),
            "height": round(HEIGHT * every / top, 1),
            "clear_y": HEIGHT - round(HEIGHT * clear / top, 1),
            "clear_height": round(HEIGHT * clear / top, 1),
        }
        for place, (day, every, clear) in enumerate(rows)
    ]
    return {
        "columns": columns,
        "title": title,
        "top": top,
        "first": rows[0][0] if rows else None,
        "last": rows[-1][0] if rows else None,
        "width": max(len(rows), 1) * COLUMN,
        "height": HEIGHT,
    }
