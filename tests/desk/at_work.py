"""People of the cast at their browsers: logged in, second factor given."""

import re

from django.test import Client

from staff import acting
from staff.models import Person
from tests.access.cast import Cast
from trail.actor import Actor
from trail.services import clock

BACKEND = "staff.backends.Backend"
HTMX = {"HX-Request": "true"}


def browser(actor: Actor, *, factor: bool = True) -> Client:
    """Log a person in, with a fresh second factor unless told otherwise."""
    assert actor.id is not None
    person = Person.objects.get(pk=actor.id)
    client = Client()
    client.force_login(person, backend=BACKEND)
    session = client.session
    at = clock()
    acting.begin(session, person, at=at)
    if factor:
        acting.give_factor(session, person, method="totp", at=at)
    session.save()
    return client


def search(client: Client, typed: str, how: str = "any"):
    """Search as a person does: send the form, follow to the results."""
    return client.post("/customers/", {"typed": typed, "how": how}, follow=True)


_DRAWN_BY_LOT = re.compile(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w{64}')


def text(answer) -> str:
    """Give the words of an answer; of a file that is no text, what can be read of it.

    Tokens against forged requests are left out: drawn by lot, they hold any short word now and then.
    """
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return _DRAWN_BY_LOT.sub(r"\1", body.decode(errors="replace"))


def badges(client: Client) -> dict[str, str]:
    """Give what a page fetches for its navigation: how much waits behind which place."""
    return dict(_BADGE.findall(text(client.get("/waiting/", headers=HTMX))))


_BADGE = re.compile(r'id="waits-(\w+)" class="side-count" hx-swap-oob="true">(\d+\+?)<')


__all__ = ["HTMX", "Cast", "badges", "browser", "search", "text"]
