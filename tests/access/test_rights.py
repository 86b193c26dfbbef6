"""Giving rights: who proposes, who signs, what is refused, what the last signature leaves behind."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from allauth.mfa.models import Authenticator

from access.services import rights
from approvals import queries as approvals_queries
from approvals import services as approvals
from approvals.models import Proposal
from approvals.registry import CannotApply
from approvals.services import NobodyCanSign, NotSigned
from customers.models import Customer, CustomerPersonPermission, Portfolio, PortfolioPersonPermission
from customers.queries import visible_to
from staff import acting, queries
from staff.models import Enrolment, Headship, Person, RoleHolding
from staff.services import enrolments, people
from staff.services.people import NotAllowed, NothingToTake
from staff.step_up import StepUpNeeded
from tests.staff.company import JOINED, Company, code_of, enrolled, facts_since, kinds_since, last_event
from trail.actor import Actor

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
SECOND = timedelta(seconds=1)
ROLES = ("agent", "supervisor", "analyst", "officer", "security", "custodian", "auditor")


@pytest.fixture
def company() -> Company:
    return Company()


@pytest.fixture
def cast(company: Company) -> dict[str, Person]:
    """Heads of all departments, an officer, a security manager, and an agent in the call centre."""
    return {
        "hq": company.head("h0", "hq"),
        "service": company.head("h1", "service"),
        "calls": company.head("h2", "calls"),
        "officer": company.person("o", "officer", department="hq"),
        "manager": company.person("m", "security", department="hq"),
        "supervisor": company.person("s", "supervisor", department="calls"),
        "agent": company.person("a", "agent", department="calls"),
    }


@pytest.fixture
def book(company: Company, cast: dict[str, Person]) -> Portfolio:
    return Portfolio.objects.create(
        code="north", name="北方", department=company.tree["calls"], region="north"
    )


@pytest.fixture
def customer(company: Company, book: Portfolio) -> Customer:
    return Customer.objects.create(
        ref=uuid4(), number="C1", portfolio=book, created_at=company.at, updated_at=company.at
    )


def asked(company: Company, person: Person) -> dict[str, Any]:
    """Return what every proposal of the manager needs."""
    return {"reason": "needed", "by": company.actor(Person.objects.get(number="m")), "at": company.at}


def sign(company: Company, proposal: Proposal, signer: Person) -> approvals.Outcome:
    by = company.actor(signer)
    return approvals.approve(proposal.pk, seen_hash=proposal.content_hash, by=by, at=company.at + SECOND)


def eligible(company: Company, proposal: Proposal) -> set[str]:
    """Return the numbers of those who may sign."""
    waiting = approvals_queries.waiting_for(proposal, company.at)
    return {person.number for one in waiting for person in one.people}


def person_asked(**changes: Any) -> dict[str, Any]:
    return {"number": "n1", "name": "新人", "department": "calls", "roles": ["agent"]} | changes


def test_a_new_person_is_complete_in_one_signature(
    company: Company, cast: dict[str, Person], book: Portfolio
) -> None:
    start = last_event()
    proposal = rights.propose_person(**person_asked(portfolios=["north"]), **asked(company, cast["manager"]))
    assert eligible(company, proposal) == {"h2"}
    assert not Person.objects.filter(number="n1").exists()
    outcome = sign(company, proposal, cast["calls"])
    made = Person.objects.get(number="n1")
    assert queries.roles_of(made, company.at + SECOND) == {"agent"}
    assert PortfolioPersonPermission.objects.filter(user=made, content_object=book).count() == 1
    assert isinstance(outcome.result, Enrolment)
    assert (outcome.result.link_for, outcome.result.code_for) == (cast["manager"].pk, cast["calls"].pk)
    assert not made.has_usable_password()
    assert kinds_since(start) == [
        "approvals.proposed",
        "approvals.approved",
        "staff.person_made",
        "staff.role_given",
        "portfolio.given",
        "staff.enrolment_issued",
        "approvals.applied",
    ]


def test_a_new_person_enrols_with_both_halves(company: Company, cast: dict[str, Person]) -> None:
    proposal = rights.propose_person(**person_asked(), **asked(company, cast["manager"]))
    enrolment = sign(company, proposal, cast["calls"]).result
    assert isinstance(enrolment, Enrolment)
    at = company.at + SECOND
    token = enrolments.fetch_link(enrolment.pk, by=company.actor(cast["manager"]), at=at)
    code = enrolments.fetch_code(enrolment.pk, by=company.actor(cast["calls"]), at=at)
    begun = enrolments.begin(token, code=code, by=acting.visitor(None), at=at)
    password = "seven green elephants"
    done = enrolments.complete(
        token,
        code=code,
        password=password,
        secret=begun.secret,
        totp=code_of(begun.secret),
        by=acting.visitor(None),
        at=at,
    )
    assert (done.number, done.check_password(password)) == ("n1", True)


def test_the_mail_address_that_was_signed_for_gets_the_link(
    company: Company, cast: dict[str, Person]
) -> None:
    proposal = rights.propose_person(
        **person_asked(email="n1@example.com"), **asked(company, cast["manager"])
    )
    enrolment = sign(company, proposal, cast["calls"]).result
    assert isinstance(enrolment, Enrolment)
    assert (enrolment.mail_to, enrolment.link_for, enrolment.code_for) == ("n1@example.com", None, None)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"number": "a"}, "number_taken"),
        ({"number": "A"}, "number_taken"),
        ({"number": "no spaces"}, "bad_person"),
        ({"name": ""}, "bad_person"),
        ({"email": "nonsense"}, "bad_person"),
        ({"department": "none"}, "unknown_department"),
        ({"roles": ["agent", "auditor"]}, "conflicting_roles"),
        ({"roles": ["head"]}, "unknown_role"),
        ({"roles": ["root"]}, "unknown_role"),
        ({"portfolios": ["none"]}, "unknown_portfolio"),
        ({"valid_until": JOINED}, "over_already"),
    ],
)
def test_refuses_a_person_who_could_not_be(
    company: Company, cast: dict[str, Person], changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(CannotApply) as refused:
        rights.propose_person(**person_asked(**changes), **asked(company, cast["manager"]))
    assert refused.value.code == code
    assert not Proposal.objects.exists()


def test_nothing_is_left_of_a_person_whose_number_was_taken_meanwhile(
    company: Company, cast: dict[str, Person]
) -> None:
    proposal = rights.propose_person(**person_asked(), **asked(company, cast["manager"]))
    company.person("n1")
    with pytest.raises(NotSigned) as refused:
        sign(company, proposal, cast["calls"])
    assert refused.value.problem is not None
    assert refused.value.problem.code == "number_taken"
    assert Person.objects.filter(number="n1").count() == 1
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize("role", ROLES)
def test_only_a_security_manager_proposes(company: Company, cast: dict[str, Person], role: str) -> None:
    by = company.actor(company.person("x", role))
    acts: list[Any] = [
        lambda: rights.propose_role(person=cast["agent"].pk, role="analyst", reason="", by=by, at=company.at),
        lambda: rights.propose_headship(
            person=cast["agent"].pk, department="calls", reason="", by=by, at=company.at
        ),
        lambda: rights.propose_password_reset(person=cast["agent"].pk, reason="", by=by, at=company.at),
        lambda: rights.propose_factor_reset(person=cast["agent"].pk, reason="", by=by, at=company.at),
    ]
    for act in acts:
        if role == "security":
            act()
        else:
            with pytest.raises(NotAllowed):
                act()


@pytest.mark.parametrize(
    ("who", "signers"),
    [
        ("agent", {"h2"}),
        ("supervisor", {"h2"}),
        ("calls", {"h1"}),
        ("service", {"h0"}),
        ("hq", {"o"}),
        ("officer", {"h0"}),
    ],
)
@pytest.mark.parametrize("act", ["role", "password", "factor", "freeze"])
def test_seats(company: Company, cast: dict[str, Person], who: str, signers: set[str], act: str) -> None:
    said, person = asked(company, cast["manager"]), cast[who].pk
    if act == "role":
        proposal = rights.propose_role(person=person, role="analyst", **said)
    elif act == "password":
        proposal = rights.propose_password_reset(person=person, **said)
    elif act == "factor":
        proposal = rights.propose_factor_reset(person=person, **said)
    else:
        people.freeze(
            person, by=company.actor(cast["officer" if who != "officer" else "manager"]), at=company.at
        )
        proposal = rights.propose_unfreeze(person=person, **said)
    assert eligible(company, proposal) == signers
    for other in cast.values():
        if other.number not in signers:
            with pytest.raises(NotSigned):
                sign(company, proposal, other)
    assert sign(company, proposal, next(one for one in cast.values() if one.number in signers)).applied


def test_nobody_signs_for_the_only_head(company: Company) -> None:
    head = company.head("h", "hq")
    manager = company.actor(company.person("m", "security"))
    with pytest.raises(NobodyCanSign):
        rights.propose_role(person=head.pk, role="officer", reason="", by=manager, at=company.at)


def test_gives_a_role(company: Company, cast: dict[str, Person]) -> None:
    proposal = rights.propose_role(
        person=cast["agent"].pk, role="supervisor", **asked(company, cast["manager"])
    )
    assert queries.roles_of(cast["agent"], company.at + SECOND) == {"agent"}
    sign(company, proposal, cast["calls"])
    assert queries.roles_of(cast["agent"], company.at + SECOND) == {"agent", "supervisor"}
    assert RoleHolding.objects.get(role="supervisor", person=cast["agent"]).proposal == proposal.pk


@pytest.mark.parametrize("role", ["security", "custodian", "auditor"])
def test_refuses_a_conflict_when_proposed(company: Company, cast: dict[str, Person], role: str) -> None:
    start = last_event()
    for person in (cast["agent"], cast["calls"]):
        with pytest.raises(CannotApply) as refused:
            rights.propose_role(person=person.pk, role=role, **asked(company, cast["manager"]))
        assert refused.value.code == "conflicting_roles"
    assert kinds_since(start) == ["staff.conflict_refused"] * 2


def test_refuses_a_conflict_that_arose_since(company: Company, cast: dict[str, Person]) -> None:
    newcomer = company.person("n")
    said = asked(company, cast["manager"])
    both = [rights.propose_role(person=newcomer.pk, role=role, **said) for role in ("auditor", "agent")]
    headship = rights.propose_headship(person=newcomer.pk, department="calls", **said)
    sign(company, both[0], cast["calls"])
    for late in (both[1], headship):
        with pytest.raises(NotSigned) as refused:
            sign(company, late, cast["calls"])
        assert refused.value.problem is not None
        assert refused.value.problem.code == "conflicting_roles"
    assert queries.roles_of(newcomer, company.at + SECOND) == {"auditor"}


def test_a_leaver_gets_nothing_any_more(company: Company, cast: dict[str, Person]) -> None:
    proposal = rights.propose_role(person=cast["agent"].pk, role="analyst", **asked(company, cast["manager"]))
    people.leave(cast["agent"].pk, by=company.actor(cast["manager"]), at=company.at)
    with pytest.raises(NotSigned) as refused:
        sign(company, proposal, cast["calls"])
    assert refused.value.code == "cannot_apply"


def test_wants_a_step_up(company: Company, cast: dict[str, Person]) -> None:
    by = company.actor(cast["manager"], factor=False)
    with pytest.raises(StepUpNeeded):
        rights.propose_role(person=cast["agent"].pk, role="analyst", reason="", by=by, at=company.at)


def test_nobody_proposes_for_themselves(company: Company, cast: dict[str, Person]) -> None:
    said = asked(company, cast["manager"])
    with pytest.raises(CannotApply) as refused:
        rights.propose_password_reset(person=cast["manager"].pk, **said)
    assert refused.value.code == "for_yourself"


def test_gives_a_headship(company: Company, cast: dict[str, Person]) -> None:
    proposal = rights.propose_headship(
        person=cast["supervisor"].pk, department="calls", **asked(company, cast["manager"])
    )
    sign(company, proposal, cast["calls"])
    assert queries.heads_of(company.tree["calls"].pk, company.at + SECOND) == {
        cast["calls"].pk,
        cast["supervisor"].pk,
    }


def test_a_move_is_signed_where_the_person_arrives_and_ends_the_old_reach(
    company: Company, cast: dict[str, Person], book: Portfolio
) -> None:
    said = asked(company, cast["manager"])
    sign(company, rights.propose_portfolio(person=cast["agent"].pk, portfolio="north", **said), cast["calls"])
    proposal = rights.propose_move(person=cast["agent"].pk, department="service", **said)
    assert eligible(company, proposal) == {"h1"}
    sign(company, proposal, cast["service"])
    moved = Person.objects.get(pk=cast["agent"].pk)
    assert (moved.department.code, moved.moved_at) == ("service", company.at + SECOND)
    assert not PortfolioPersonPermission.objects.filter(user=moved).exists()
    assert queries.roles_of(moved, company.at + SECOND) == {"agent"}


def test_a_moved_head_leads_no_more(company: Company, cast: dict[str, Person]) -> None:
    proposal = rights.propose_move(
        person=cast["calls"].pk, department="service", **asked(company, cast["manager"])
    )
    sign(company, proposal, cast["service"])
    assert not Headship.objects.filter(person=cast["calls"], until__isnull=True).exists()


def test_a_mail_address_and_an_end_are_signed_for(company: Company, cast: dict[str, Person]) -> None:
    said = asked(company, cast["manager"]) | {"person": cast["agent"].pk}
    until = company.at + timedelta(days=30)
    proposal = rights.propose_change(email="a@example.com", valid_until=until, **said)
    assert eligible(company, proposal) == {"h2"}
    assert Person.objects.get(number="a").email == ""
    sign(company, proposal, cast["calls"])
    after = Person.objects.get(number="a")
    assert (after.email, after.valid_until) == ("a@example.com", until)
    for wrong, code in (
        ({"email": "nonsense", "valid_until": None}, "bad_person"),
        ({"email": "", "valid_until": company.at}, "over_already"),
        ({"email": "a@example.com", "valid_until": until}, "held_already"),
    ):
        with pytest.raises(CannotApply) as refused:
            rights.propose_change(**wrong, **said)
        assert refused.value.code == code


def test_a_leaver_serves_nobody(company: Company, cast: dict[str, Person], book: Portfolio) -> None:
    said = asked(company, cast["manager"])
    sign(company, rights.propose_portfolio(person=cast["agent"].pk, portfolio="north", **said), cast["calls"])
    rights.leave(cast["agent"].pk, by=said["by"], at=company.at + SECOND)
    assert not PortfolioPersonPermission.objects.exists()
    assert not queries.may_work(cast["agent"].pk, company.at + SECOND)


def test_gives_and_takes_a_portfolio(
    company: Company, cast: dict[str, Person], book: Portfolio, customer: Customer
) -> None:
    def reaches() -> bool:
        at = company.at + SECOND
        return visible_to(company.actor(cast["agent"], at=at), at).filter(ref=customer.ref).exists()

    proposal = rights.propose_portfolio(
        person=cast["agent"].pk, portfolio="north", **asked(company, cast["manager"])
    )
    assert not reaches()
    sign(company, proposal, cast["calls"])
    assert reaches()
    rights.take_portfolio(
        person=cast["agent"].pk, portfolio="north", by=company.actor(cast["manager"]), at=company.at
    )
    assert not reaches()
    with pytest.raises(NothingToTake):
        rights.take_portfolio(
            person=cast["agent"].pk, portfolio="north", by=company.actor(cast["manager"]), at=company.at
        )
    with pytest.raises(NotAllowed):
        rights.take_portfolio(
            person=cast["agent"].pk, portfolio="north", by=company.actor(cast["calls"]), at=company.at
        )


def of_supervisor(company: Company, cast: dict[str, Person]) -> dict[str, Any]:
    return {"reason": "VIP", "by": company.actor(cast["supervisor"]), "at": company.at}


def test_a_supervisor_proposes_one_customer_and_the_head_signs(
    company: Company, cast: dict[str, Person], customer: Customer
) -> None:
    start = last_event()
    proposal = rights.propose_customer(
        person=cast["agent"].pk, customer=customer.ref, **of_supervisor(company, cast)
    )
    assert eligible(company, proposal) == {"h2"}
    sign(company, proposal, cast["calls"])
    at = company.at + SECOND
    assert list(visible_to(company.actor(cast["agent"], at=at), at)) == [customer]
    assert facts_since(start, "customer.given") == [{"person": str(cast["agent"].pk)}]
    rights.take_customer(
        person=cast["agent"].pk, customer=customer.ref, by=company.actor(cast["supervisor"]), at=at
    )
    assert not CustomerPersonPermission.objects.exists()


def test_a_supervisor_who_is_the_head_does_not_sign_their_own(
    company: Company, cast: dict[str, Person], customer: Customer
) -> None:
    RoleHolding.objects.create(person=cast["calls"], role="supervisor", since=JOINED)
    proposal = rights.propose_customer(
        person=cast["agent"].pk,
        customer=customer.ref,
        reason="",
        by=company.actor(cast["calls"]),
        at=company.at,
    )
    assert eligible(company, proposal) == {"h1"}


@pytest.mark.parametrize("who", ["manager", "officer", "agent", "calls"])
def test_only_a_supervisor_proposes_one_customer(
    company: Company, cast: dict[str, Person], customer: Customer, who: str
) -> None:
    with pytest.raises(NotAllowed):
        rights.propose_customer(
            person=cast["agent"].pk,
            customer=customer.ref,
            reason="",
            by=company.actor(cast[who]),
            at=company.at,
        )


@pytest.mark.parametrize("which", ["foreign", "nonexistent"])
def test_a_customer_out_of_reach_does_not_exist(
    company: Company, cast: dict[str, Person], customer: Customer, which: str
) -> None:
    ref: UUID = uuid4()
    if which == "foreign":
        ref = customer.ref
        Portfolio.objects.update(department=company.tree["service"])
    with pytest.raises(CannotApply) as refused:
        rights.propose_customer(person=cast["agent"].pk, customer=ref, **of_supervisor(company, cast))
    assert refused.value.code == "unknown_customer"
    with pytest.raises(CannotApply):
        rights.propose_customer_tier(customer=ref, tier="vip", **of_supervisor(company, cast))


def test_one_customer_goes_to_agents_only(
    company: Company, cast: dict[str, Person], customer: Customer
) -> None:
    with pytest.raises(CannotApply) as refused:
        rights.propose_customer(
            person=company.person("y", "analyst").pk, customer=customer.ref, **of_supervisor(company, cast)
        )
    assert refused.value.code == "not_an_agent"


def test_a_tier_and_a_move_of_a_customer_are_signed(
    company: Company, cast: dict[str, Person], customer: Customer
) -> None:
    Portfolio.objects.create(code="south", name="南方", department=company.tree["calls"])
    said = of_supervisor(company, cast)
    stale = rights.propose_customer_tier(customer=customer.ref, tier="premium", **said)
    sign(company, rights.propose_customer_tier(customer=customer.ref, tier="vip", **said), cast["calls"])
    moved = rights.propose_customer_move(customer=customer.ref, portfolio="south", **said)
    sign(company, moved, cast["calls"])
    customer.refresh_from_db()
    assert (customer.tier, customer.portfolio.code) == ("vip", "south")
    with pytest.raises(NotSigned) as refused:
        sign(company, stale, cast["calls"])
    assert refused.value.problem is not None
    assert refused.value.problem.code == "changed_meanwhile"


def test_a_password_reset_ends_the_password(company: Company, cast: dict[str, Person]) -> None:
    enrolled(cast["agent"])
    proposal = rights.propose_password_reset(person=cast["agent"].pk, **asked(company, cast["manager"]))
    enrolment = sign(company, proposal, cast["calls"]).result
    assert isinstance(enrolment, Enrolment)
    assert enrolment.purpose == "password"
    assert not Person.objects.get(pk=cast["agent"].pk).has_usable_password()
    assert Authenticator.objects.filter(user=cast["agent"]).exists()


def test_a_factor_reset_ends_every_factor(company: Company, cast: dict[str, Person]) -> None:
    enrolled(cast["agent"])
    proposal = rights.propose_factor_reset(person=cast["agent"].pk, **asked(company, cast["manager"]))
    enrolment = sign(company, proposal, cast["calls"]).result
    assert isinstance(enrolment, Enrolment)
    assert enrolment.purpose == "factor"
    assert not Authenticator.objects.filter(user=cast["agent"]).exists()
    assert Person.objects.get(pk=cast["agent"].pk).has_usable_password()


def test_an_expired_enrolment_is_issued_whole_again(company: Company, cast: dict[str, Person]) -> None:
    proposal = rights.propose_factor_reset(person=cast["agent"].pk, **asked(company, cast["manager"]))
    enrolment = sign(company, proposal, cast["calls"]).result
    assert isinstance(enrolment, Enrolment)
    assert enrolment.purpose == "enrol"


def test_two_people_undo_a_freeze(company: Company, cast: dict[str, Person]) -> None:
    agent: UUID = cast["agent"].pk
    people.freeze(agent, by=company.actor(cast["officer"]), at=company.at)
    proposal = rights.propose_unfreeze(person=agent, **asked(company, cast["manager"]))
    assert not queries.may_work(agent, company.at)
    sign(company, proposal, cast["calls"])
    assert queries.may_work(agent, company.at + SECOND)
    with pytest.raises(CannotApply):
        rights.propose_unfreeze(person=agent, **asked(company, cast["manager"]) | {"at": company.at + SECOND})


def test_an_officer_who_froze_cannot_propose_to_undo(company: Company, cast: dict[str, Person]) -> None:
    by: Actor = company.actor(cast["officer"])
    people.freeze(cast["agent"].pk, by=by, at=company.at)
    with pytest.raises(NotAllowed):
        rights.propose_unfreeze(person=cast["agent"].pk, reason="", by=by, at=company.at)


def test_every_proposal_can_be_read(company: Company, cast: dict[str, Person], book: Portfolio) -> None:
    said = asked(company, cast["manager"])
    rights.propose_person(**person_asked(), **said)
    rights.propose_role(person=cast["agent"].pk, role="analyst", **said)
    rights.propose_headship(person=cast["agent"].pk, department="calls", **said)
    rights.propose_move(person=cast["agent"].pk, department="service", **said)
    rights.propose_portfolio(person=cast["agent"].pk, portfolio="north", **said)
    rights.propose_password_reset(person=cast["agent"].pk, **said)
    for proposal in Proposal.objects.all():
        lines = approvals_queries.lines(proposal)
        assert lines
        assert all(str(line.label) for line in lines)
