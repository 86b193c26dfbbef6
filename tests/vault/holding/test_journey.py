"""Split custody as it runs: a keyholder in its own process, shares, an order to seal, a loss, and back each time."""

from time import monotonic
from uuid import uuid4

import pytest
from django.db.models import Max

from tests.processes import wait_until
from trail.models import Event
from vault import noticing
from vault.away import ProviderLost, Sealed
from vault.checks import keys_are_usable
from vault.holding import sealing
from vault.holding.condition import condition
from vault.keks import life
from vault.keyring import keys_for, make_keys
from vault.place import Place
from vault.queries import key_register
from vault.sealing import seal
from vault.transform import mask

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)


def test_opens_with_shares_seals_on_order_and_comes_back_from_a_loss(
    custody, start_keyholder, under_custody, at
):
    before = Event.objects.aggregate(last=Max("id"))["last"] or 0
    with pytest.raises(ProviderLost):
        make_keys([uuid4()], "L3", at=at)
    keyholder = start_keyholder()
    with pytest.raises(Sealed, match="0 of 2"):
        make_keys([uuid4()], "L3", at=at)
    assert (key_register().epochs, [one.held for one in life().keks]) == ((), [False])
    assert [(found.id, found.is_serious()) for found in keys_are_usable(None)] == [("vault.E001", False)]

    wrong = keyholder.bring_by_command("AGE-SECRET-KEY-1WRONG")
    assert wrong.returncode != 0
    assert "no share of the key" in wrong.stderr
    said = keyholder.bring_by_command(custody.share("bo"))
    assert said.stdout == "sealed: 1 of 2 shares are in\nin: bo\nnot yet in: an, cai\n", said.stderr
    assert (condition().sealed, condition().brought, condition().needed) == (True, ("bo",), 2)
    keyholder.bring(custody, "cai")

    subject = uuid4()
    place = Place(subject, "L3", "note", 3)
    keys = make_keys([subject], "L3", at=at)
    sealed = seal("v", place, keys)
    assert mask("note", sealed, place, keys)
    assert not condition().sealed

    # An order: keys in hand are good for FRESH_FOR seconds at most, the keyholder forgets by itself.
    order = sealing.seal_site(at=at)
    with pytest.raises(Sealed):
        keys_for([subject], "L3")
    assert keys._checked - monotonic() <= noticing.FRESH_FOR == 5.0
    keys._checked = monotonic() - 0.001  # those seconds later
    with pytest.raises(Sealed):
        mask("note", sealed, place, keys)
    wait_until(lambda: not keyholder.state()["open"], 5.0, "the keyholder to forget")
    keyholder.bring(custody, "an")
    with pytest.raises(Sealed, match="1 of 2"):
        keys_for([subject], "L3")
    keyholder.bring(custody, "bo")
    assert mask("note", sealed, place, keys_for([subject], "L3"))
    assert sealing.newest_order().number == order
    assert not sealing.newest_order().holds

    keyholder.kill()
    with pytest.raises(ProviderLost):
        mask("note", sealed, place, keys_for([subject], "L3"))
    start_keyholder().bring(custody, "cai", "an")
    assert mask("note", sealed, place, keys_for([subject], "L3"))

    events = Event.objects.filter(id__gt=before).order_by("id")
    told = list(events.filter(kind__startswith="vault.").values_list("kind", flat=True))
    brought, opened = "vault.share_brought", "vault.site_unsealed"
    assert told == ["vault.share_refused", *[brought, brought, opened] * 3]
    assert "AGE-SECRET" not in str(list(events.values_list("facts", flat=True)))
