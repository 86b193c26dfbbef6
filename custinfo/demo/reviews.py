"""The permission review of the demo: running, half decided, with a few odd rights left for the head to look at."""

from dataclasses import replace
from datetime import datetime, timedelta

from access.models import ReviewItem
from access.models.reviews import KEEP
from access.services import reviews
from access.services.review_decisions import Answer, decide
from custinfo.demo.cast import CAST, actor
from staff.models import Person
from staff.signers import signers

LEFT_OPEN = {
    ("A1001", "SOUTH"),
    ("A1002", "agent"),
    ("A1002", "WEST"),
    ("N1001", "analyst"),
    ("S1001", "supervisor"),
}
"""What waits for the head: staff number and right."""
TIME = timedelta(days=30)


def make_review(people: dict[str, Person], at: datetime) -> int:
    """Start a review, and let those who decide keep most of it; return how many rights still wait.

    :param at: now; the review ends `TIME` after it, and what is left open with it.
    """
    members = {people[one.number].pk: one for one in CAST}
    manager = members[people["M1001"].pk]
    by = replace(actor(people["M1001"], manager), second_factor_at=at)
    review = reviews.start(deadline=at + TIME, by=by, at=at)
    who, waiting = signers(at), 0
    for item in ReviewItem.objects.filter(review=review).select_related("person"):
        if (item.person.number, item.which) in LEFT_OPEN:
            waiting += 1
            continue
        head = min(who.reviewing(item.person_id, item.person.department_id))
        signer = replace(actor(people[members[head].number], members[head]), second_factor_at=at)
        decide(item.pk, Answer(decision=KEEP), by=signer, at=at)
    return waiting
