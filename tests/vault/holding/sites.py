"""The two sites whose key a keyholder may keep, with what a test wants to be so of them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from restricted import models as apart
from restricted.keyholding import RestrictedSite
from restricted.place import deployment_id
from vault.apart import ApartKey, Part, make_apart_key, seal_apart
from vault.holding.site import MainSite
from vault.keyring import make_keys
from vault.models import DataKey


class Main:
    """The main site, with one data key in its keyring."""

    site = MainSite()

    @property
    def kek(self) -> Path:
        return Path(settings.KEK_FILE)

    def hold(self, at: datetime) -> None:
        make_keys([uuid4()], "L3", at=at)

    def lie_under(self, version: int) -> None:
        DataKey.objects.update(kek_version=version)


class L4:
    """The host of L4, with one value there."""

    site = RestrictedSite()

    @property
    def kek(self) -> Path:
        return Path(settings.RESTRICTED_KEK_FILE)

    def hold(self, at: datetime) -> None:
        made = make_apart_key(uuid4(), 1)
        place = Part(made.value, uuid4(), "credit_report", "name")
        value = apart.Value.objects.create(
            id=made.value,
            subject=place.subject,
            field=place.field,
            media_type="text/plain",
            name=seal_apart(b"", place, ApartKey(made, deployment_id())),
            size=0,
            parts=0,
            deposited_at=at,
            taken_at=at,
        )
        apart.DataKey.objects.create(
            value=value, version=made.version, wrapped=made.wrapped, kek_version=made.kek_version
        )

    def lie_under(self, version: int) -> None:
        apart.DataKey.objects.update(kek_version=version)


SITES: dict[str, Main | L4] = {"main": Main(), "L4": L4()}
