"""Customers of the demo: sealed, indexed and recorded like real ones, written in bulk. Nobody here exists."""

import uuid
from datetime import date, datetime, timedelta
from random import Random

from django.db import transaction
from django.utils import timezone

from classification.queries import Catalogue, catalogue
from custinfo.demo.cast import CAST, PORTFOLIOS, actor
from customers import events
from customers.digests import written_exposure
from customers.models import PREMIUM, STANDARD, VIP, Customer, IndexEntry, Portfolio
from customers.services.placing import assign
from customers.values import clean, index_rows, seal_all
from customers.writing import origin_of
from kinds import synthetic
from staff.models import Person
from staff.roles import SUPERVISOR
from trail import services as trail
from trail.actor import Actor
from vault.keyring import make_keys

CHUNK = 500
TAGS = ("数码", "母婴", "户外", "家居", "美食", "旅行", "图书", "运动")
OCCUPATIONS = ("工程师", "教师", "护士", "会计", "店主", "设计师", "司机", "退休")


def make_customers(people: dict[str, Person], count: int, at: datetime) -> int:
    """Make `count` customers spread over the portfolios; return how many there are."""
    member = next(one for one in CAST if one.role == SUPERVISOR)
    by = actor(people[member.number], member)
    known = catalogue(at)
    held = {portfolio.code: portfolio for portfolio in Portfolio.objects.all()}
    codes = [code for code, _name, _region in PORTFOLIOS]
    draw = Random(2026)  # noqa: S311  (plausible, not secret)
    at = at - timedelta(days=100)
    for start in range(0, count, CHUNK):
        made = [
            _customer(known, held[codes[number % len(codes)]], synthetic.person(number), draw, at)
            for number in range(start, min(start + CHUNK, count))
        ]
        keys = make_keys([customer.ref for customer, _values in made], "L3", at=at)
        for customer, values in made:
            customer.sealed = seal_all(customer.ref, values, keys)
        with transaction.atomic():
            Customer.objects.bulk_create([customer for customer, _values in made])
            IndexEntry.objects.bulk_create(
                IndexEntry(field=field, epoch=epoch, digest=digest, customer=customer)
                for customer, values in made
                for field, epoch, digest in index_rows(known, values)
            )
            trail.record(
                events.IMPORT_WROTE,
                by=by,
                at=at,
                facts={
                    "job": "",
                    "created": len(made),
                    "changed": 0,
                    "fields": sorted({code for customer, _values in made for code in customer.origins}),
                },
                exposures=[written_exposure(customer) for customer, _values in made],
            )
    _give_vips(people, by, at)
    return count


def _customer(
    known: Catalogue, portfolio: Portfolio, one: synthetic.Person, draw: Random, at: datetime
) -> tuple[Customer, dict[str, str]]:
    typed = {
        "full_name": one.name,
        "member_level": one.member_level,
        "business_number": f"B{one.number + 500_000}",
        "preference_tags": "，".join(draw.sample(TAGS, draw.randint(1, 3))),
        "occupation": draw.choice(OCCUPATIONS),
        "city": one.city,
        "resident_id": one.resident_id,
        "mobile": one.mobile,
        "email": one.email if one.number % 3 else "",
        "address": one.address,
        "bank_card": one.bank_card if one.number % 2 else "",
        "landline": one.landline if one.number % 5 == 0 else "",
        "plate": one.plate if one.number % 7 == 0 else "",
        "account_balance": one.balance if one.number % 4 == 0 else "",
    }
    typed = {code: text for code, text in typed.items() if code in known}
    cleaned = clean(known, typed, today=timezone.localdate(at))
    if cleaned.problems:
        raise ValueError([(problem.field, problem.code) for problem in cleaned.problems])
    since = date(2015, 1, 1) + timedelta(days=draw.randrange(3600))
    customer = Customer(
        ref=uuid.uuid4(),
        number=f"C{100_000 + one.number}",
        portfolio=portfolio,
        tier=draw.choices((STANDARD, PREMIUM, VIP), (90, 8, 2))[0],
        relationship_since=since,
        open=cleaned.open,
        created_at=at,
        updated_at=at,
        origins=dict.fromkeys(sorted(cleaned.codes), origin_of(at, "import", "registration")),
    )
    return customer, cleaned.to_seal


MOST_VIPS = 100
"""So many VIPs an agent of the demo is given singly, however many customers it has."""


def _give_vips(people: dict[str, Person], by: Actor, at: datetime) -> None:
    """Give each agent the VIPs of the own portfolios one by one (S4-55), and A1001 one of a portfolio besides."""
    for member in CAST:
        vips = Customer.objects.filter(portfolio__code__in=member.portfolios, tier=VIP).order_by("number")
        for vip in vips[:MOST_VIPS]:
            assign(ref=vip.ref, person=people[member.number].pk, by=by, at=at)
    besides = Customer.objects.filter(portfolio__code="WEST", tier=VIP).order_by("number").first()
    if besides is not None:
        assign(ref=besides.ref, person=people["A1001"].pk, by=by, at=at)
