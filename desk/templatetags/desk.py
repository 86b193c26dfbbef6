"""Template tags of the workbench: icons, level badges, values, times, progress, fields, empty pages."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.forms.widgets import ChoiceWidget
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desk.agents import browser_of
from desk.icons import PATHS
from staff.words import session_words
from trail import services as trail

register = template.Library()

LEVELS = {
    1: gettext_lazy("public"),
    2: gettext_lazy("internal"),
    3: gettext_lazy("sensitive"),
    4: gettext_lazy("highly sensitive"),
}
"""Names of the four levels (S0-14)."""

STYLES = {"checkbox": "form-check-input", "radio": "form-check-input", "select": "form-select"}
"""Input type → Tabler's class."""


@register.simple_tag
@cache
def icon(name: str, *, size: int = 18) -> SafeString:
    """Draw one icon; it is decoration, so the words beside it carry the meaning."""
    return format_html(
        '<svg class="icon" width="{}" height="{}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        'stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" '
        'focusable="false"><path d="{}"/></svg>',
        size,
        size,
        PATHS[name],
    )


@register.inclusion_tag("desk/_level.html")
def level(number: int, words: str = "") -> dict[str, Any]:
    """Show a level: `{% level 3 %}` is “L3 sensitive”, `{% level 3 value.label %}` is “L3-证件号码”."""
    return {"level": number, "words": words or f"L{number} {LEVELS[number]}", "title": LEVELS[number]}


@register.simple_tag
def level_words(number: int) -> str:
    """Name a level where no badge can stand, as in a list to choose from: “L3 sensitive”."""
    return f"L{number} {LEVELS[number]}"


@register.simple_tag
def masked(text: str) -> SafeString:
    """Show a masked value in the monospaced face."""
    return format_html('<span class="masked">{}</span>', text)


@register.inclusion_tag("desk/_revealed.html", takes_context=True)
def revealed(context: template.Context, text: str, seconds: int = 60, fold: str = "") -> dict[str, Any]:
    """Show a revealed value with its countdown and the viewer's name; `fold` is the mask it returns to."""
    return {"text": text, "seconds": seconds, "fold": fold, "viewer": viewer(context)}


@register.simple_tag
def wrong_fields(form: BaseForm) -> list[BoundField]:
    """Return the fields that a person can see and has to put right, in the order in which they stand."""
    return [form[name] for name in form.fields if name in form.errors and not form[name].is_hidden]


@register.inclusion_tag("desk/_empty.html")
def empty(
    title: str, *, fills: str = "", who: str = "", url: str = "", act: str = "", symbol: str = "info"
) -> dict[str, Any]:
    """Say why a page is empty: what would fill it, who can, and the button if this person can."""
    return {"title": title, "fills": fills, "who": who, "url": url, "act": act, "symbol": symbol}


@register.inclusion_tag("desk/_pages.html", takes_context=True)
def pages(context: template.Context, page: Page[Any]) -> dict[str, Any]:
    """Show where in a list one is, with the way back and on; other parameters of the address are kept."""
    return {"page": page, "request": context["request"]}


@register.inclusion_tag("desk/_progress.html")
def progress(job: Any) -> dict[str, Any]:
    """Show a running job (`desk.shown.JobShown`); the bar asks for itself again until the job has ended."""
    return {"job": job}


@register.inclusion_tag("desk/_portion.html")
def portion(percent: int) -> dict[str, Any]:
    """Draw a share of a hundred; the number stands beside it."""
    return {"percent": percent}


@register.inclusion_tag("desk/_field.html")
def field(
    bound: BoundField,
    *,
    label: str = "",
    help: str = "",
    badge: int = 0,
    badge_words: str = "",
    wide: bool = False,
    css: str = "",
    mode: str = "",
    focus: bool = False,
) -> dict[str, Any]:
    """Show one form field with its label, level badge, help and error, tied together for screen readers."""
    # With words of our own a library's help is left out, too.
    help_text = help or ("" if label else bound.help_text)
    parts = (("help", help_text), ("error", bound.errors))
    described = " ".join(f"{bound.auto_id}_{part}" for part, there in parts if there)
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "")
    styles = (
        str(widget.attrs.get("class", "")),
        STYLES.get(kind, "form-control"),
        css,
        "is-invalid" if bound.errors else "",
    )
    group = kind in ("checkbox", "radio") and isinstance(widget, ChoiceWidget)
    # A group's class would make one big box of the list around its boxes.
    attributes: dict[str, str | bool] = {} if group else {"class": " ".join(filter(None, styles))}
    if described:
        attributes["aria-describedby"] = described
    if bound.errors:
        attributes["aria-invalid"] = "true"
    if mode:
        attributes["inputmode"] = mode
    if focus:
        attributes["autofocus"] = True
    # Our labels stand above; what a library wrote inside the box would be said twice.
    if label:
        attributes["placeholder"] = ""
    return {
        "field": bound,
        "label": label or bound.label,
        "control": bound.as_widget(attrs=attributes),
        "help": help_text,
        "optional": not (bound.field.required or widget.attrs.get("aria-required")),
        "badge": badge,
        "badge_words": badge_words,
        "check": kind == "checkbox" and not group,
        "group": group,
        "wide": wide,
    }


@register.simple_tag(takes_context=True)
def viewer(context: template.Context) -> str:
    """Return who is looking and when: the words of the watermark."""
    actor = context.get("actor")
    if actor is None:
        return ""
    return f"{actor.name} {actor.number} {stamp(timezone.now())}"


@register.inclusion_tag("desk/session/_demo_accounts.html")
def demo_accounts() -> dict[str, Any]:
    """Show the demo's people with their one-time codes of this moment. Outside the demo there are none."""
    from desk import demo  # not above: the public process loads these tags without any login

    return {"accounts": demo.accounts(trail.clock()), "password": demo.PASSWORD}


@register.inclusion_tag("desk/session/_demo_code.html")
def demo_code(number: str) -> dict[str, Any]:
    """Show the one-time code of one demo person, to be filled in by a click."""
    from desk import demo

    return {"account": demo.account(number, trail.clock())}


@register.inclusion_tag("desk/session/_demo_code.html")
def demo_new_code(number: str, name: str, secret: str) -> dict[str, Any]:
    """Show the code of an app that is being set up: a visitor of the demo need not have one."""
    from desk import demo

    return {"account": demo.newcomer(number, name, secret)}


@register.simple_tag
def ended(why: str) -> str:
    """Return why a session ended, in words; nothing for a reason that nobody gives."""
    if why == "unlocking":
        return _("The password was wrong five times, so the session has ended. Log in again.")
    return session_words(why)


@register.filter
def stamp(at: datetime | None) -> str:
    """Return a time as the house writes it, `2026-11-21 20:45`, in the local zone; nothing for no time."""
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""


@register.filter
def duration(seconds: float | timedelta | None) -> str:
    """Return a span in words: seconds, then minutes, then hours, then days."""
    if seconds is None:
        return ""
    whole = int(seconds.total_seconds() if isinstance(seconds, timedelta) else seconds)
    if whole < 60:
        return ngettext("%d second", "%d seconds", whole) % whole
    if whole < 3600:
        return ngettext("%d minute", "%d minutes", whole // 60) % (whole // 60)
    if whole < 86400:
        return ngettext("%d hour", "%d hours", whole // 3600) % (whole // 3600)
    return ngettext("%d day", "%d days", whole // 86400) % (whole // 86400)


@register.filter
def listed(names: list[str]) -> str:
    """Join names as the language does: with the enumeration comma in Chinese."""
    return _(", ").join(str(name) for name in names)


@register.filter
def browser(said: str) -> str:
    """Return which browser on which system a session uses."""
    return browser_of(said)
