"""Put a notice together: what is typed, and the lists that come from purposes, catalogue and organisation.

The mandatory sections are those of PIPL 17 and 30 and regulation 790 art. 21: who handles the information and how
to reach them, purposes, method, categories as a list, recipients as a list, how long it is kept and what happens
then, rights and how to use them, and for sensitive information why it is needed and what it means for the customer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256

from django.utils.functional import Promise
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from classification.models import bases, in_active_language, retained_from
from classification.purposes import PurposeSpec
from classification.queries import Catalogue
from consent.models import LANGUAGES, POLICY, NoticeVersion
from consent.queries.published import Section
from staff.queries import Controller

CONTROLLER, PURPOSES, METHOD, CATEGORIES, RECIPIENTS = (
    "controller",
    "purposes",
    "method",
    "categories",
    "recipients",
)
RETENTION, RIGHTS, SENSITIVE, CHILDREN, BODY = "retention", "rights", "sensitive", "children", "body"

TITLES: Mapping[str, Promise] = {
    CONTROLLER: _("Who handles your information"),
    PURPOSES: _("What it is used for"),
    METHOD: _("How it is collected and handled"),
    CATEGORIES: _("What is collected"),
    RECIPIENTS: _("Who else receives it"),
    RETENTION: _("How long it is kept, and what happens then"),
    RIGHTS: _("Your rights and how to use them"),
    SENSITIVE: _("Sensitive information: why it is needed and what it means for you"),
    CHILDREN: _("Children under 14"),
    BODY: _("Security policy"),
}
ORDER = (CONTROLLER, PURPOSES, METHOD, CATEGORIES, SENSITIVE, RECIPIENTS, RETENTION, RIGHTS, CHILDREN)
TYPED = (METHOD, SENSITIVE, RECIPIENTS, RETENTION, RIGHTS, CHILDREN)
"""Sections that somebody writes; RECIPIENTS is a list, one to a line."""
OPTIONAL = frozenset({CHILDREN})
LONGEST_SECTION = 6000


class Incomplete(ValueError):
    """Mandatory sections are empty, so nothing can be published: (language, section) pairs."""

    def __init__(self, missing: Sequence[tuple[str, str]]) -> None:
        super().__init__("sections are empty")
        self.missing = tuple(missing)


Typed = Mapping[str, Mapping[str, str]]
"""Language → section → text."""


def texts_of(
    kind: str,
    typed: Typed,
    purposes: Sequence[PurposeSpec],
    known: Catalogue,
    controller: Controller,
) -> dict[str, list[Section]]:
    """Return the whole text by language.

    :raises Incomplete: naming every mandatory section that is empty.
    """
    made = so_far(kind, typed, purposes, known, controller)
    missing = [
        (language, section.code)
        for language, sections in made.items()
        for section in sections
        if is_empty(section)
    ]
    if missing:
        raise Incomplete(missing)
    return {
        language: [one for one in sections if one.text or one.items] for language, sections in made.items()
    }


def so_far(
    kind: str,
    typed: Typed,
    purposes: Sequence[PurposeSpec],
    known: Catalogue,
    controller: Controller,
) -> dict[str, list[Section]]:
    """Return the text by language as far as it is written, with the sections that are still empty."""
    return {language: _text(kind, language, typed, purposes, known, controller) for language in LANGUAGES}


def digest(title: str, sections: Sequence[Section]) -> str:
    """Return the SHA-256 of a text, hex: of the canonical JSON of its title and sections."""
    written = [title, [asdict(one) for one in sections]]
    canonical = json.dumps(written, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(canonical.encode()).hexdigest()


def typed_in(version: NoticeVersion) -> Typed:
    """Return what was written of a published version, to begin the next one with."""
    return {
        text.language: {
            one["code"]: "\n".join(one["items"]) if one["code"] == RECIPIENTS else one["text"]
            for one in text.sections
            if one["code"] in (*TYPED, BODY)
        }
        for text in version.texts.all()
    }


def is_empty(section: Section) -> bool:
    """Tell whether a mandatory section says nothing; lists alone do not speak for what must be written."""
    if section.code in OPTIONAL:
        return False
    if section.code in (PURPOSES, CATEGORIES, RECIPIENTS):
        return not section.items
    if section.code == CONTROLLER:
        return not (section.text and section.items)
    return not section.text


def snapshot(purposes: Sequence[PurposeSpec], known: Catalogue) -> list[dict[str, object]]:
    """Return what a published version keeps of its purposes: what was asked, in both languages."""
    return [
        {
            "code": one.code,
            "version": one.version,
            "names": {"zh-hans": one.name_zh, "en": one.name_en},
            "reasons": {
                "zh-hans": one.service_reason_zh or one.service_reason_en,
                "en": one.service_reason_en or one.service_reason_zh,
            },
            "basis": one.basis,
            "necessary_for_service": one.necessary_for_service,
            "consent_months": one.consent_months,
            "retain_months": one.retain_months,
            "retain_from": one.retain_from,
            "fields": {
                code: {
                    "necessary": one.needs(code),
                    "sensitive": known.get(code).sensitive,
                    "names": {"zh-hans": known.get(code).name_zh, "en": known.get(code).name_en},
                }
                for code in sorted(one.fields)
                if code in known
            },
        }
        for one in purposes
    ]


def sensitive_fields(purposes: Sequence[PurposeSpec], known: Catalogue) -> list[str]:
    """Return the fields of these purposes that are sensitive personal information (PIPL 28)."""
    needed = {code for one in purposes for code in one.fields}
    return [spec.code for spec in known.fields if spec.code in needed and spec.sensitive]


def _text(
    kind: str,
    language: str,
    typed: Typed,
    purposes: Sequence[PurposeSpec],
    known: Catalogue,
    controller: Controller,
) -> list[Section]:
    said = {code: text.strip() for code, text in typed.get(language, {}).items()}
    with override(language):
        if kind == POLICY:
            who = Section(CONTROLLER, str(TITLES[CONTROLLER]), _named(controller), _reached(controller))
            return [who, Section(BODY, str(TITLES[BODY]), said.get(BODY, ""))]
        lists = {
            CONTROLLER: _reached(controller),
            PURPOSES: tuple(map(_purpose_line, purposes)),
            CATEGORIES: tuple(_category_lines(purposes, known)),
            RETENTION: tuple(map(_retention_line, purposes)),
            SENSITIVE: tuple(known.get(code).name for code in sensitive_fields(purposes, known)),
        }
        if RECIPIENTS in said:
            lists[RECIPIENTS] = tuple(
                line.strip() for line in said.pop(RECIPIENTS).splitlines() if line.strip()
            )
        said[CONTROLLER] = _named(controller)
        if not lists[SENSITIVE]:
            lists.pop(SENSITIVE)
            said.pop(SENSITIVE, None)
        order = [code for code in ORDER if code != SENSITIVE or SENSITIVE in lists]
        return [Section(code, str(TITLES[code]), said.get(code, ""), lists.get(code, ())) for code in order]


def _named(controller: Controller) -> str:
    return in_active_language(controller.name_zh, controller.name_en)


def _reached(controller: Controller) -> tuple[str, ...]:
    """Return how to reach who handles the information, and who is responsible there (PIPL 17, 52)."""
    return (
        gettext("Address: %(address)s") % {"address": controller.address},
        gettext("E-mail: %(email)s") % {"email": controller.email},
        gettext("Phone: %(phone)s") % {"phone": controller.phone},
        gettext("Responsible officer: %(name)s, %(contact)s")
        % {"name": controller.officer_name, "contact": controller.officer_contact},
    )


def _purpose_line(one: PurposeSpec) -> str:
    """Say on what a purpose rests, whether the service needs it and whether a machine decides (PIPL 13, 16, 24)."""
    facts = {"purpose": one.name, "basis": dict(bases())[one.basis]}
    said = [gettext("%(purpose)s: legal basis %(basis)s") % facts, one.basis_reason]
    if one.necessary_for_service:
        said.append(gettext("necessary for the service: %(reason)s") % {"reason": one.service_reason})
    if one.automated:
        said.append(gettext("decided automatically; you may refuse that and ask how it is decided"))
    # A reason is a sentence of its own; here it goes on, and "。；" would stand in what customers read.
    return gettext("; ").join(part.rstrip("。. ") for part in said if part)


def _retention_line(one: PurposeSpec) -> str:
    facts = {
        "purpose": one.name,
        "months": one.retain_months,
        "start": dict(retained_from())[one.retain_from],
    }
    return gettext("%(purpose)s: %(months)s months, %(start)s") % facts


def _category_lines(purposes: Sequence[PurposeSpec], known: Catalogue) -> list[str]:
    needed: dict[str, bool] = {}
    for one in purposes:
        for code in one.fields:
            needed[code] = needed.get(code, False) or one.needs(code)
    return [
        gettext("%(field)s (necessary)") % {"field": spec.name} if needed[spec.code] else spec.name
        for spec in known.fields
        if spec.code in needed
    ]
