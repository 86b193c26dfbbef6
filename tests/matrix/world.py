"""One small world for the matrix: a north that everybody in the tests works for, and a south that is foreign to them.

Every value of a customer is a canary: it stands nowhere else, so that finding it in an answer means that it was shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from time import monotonic
from uuid import UUID, uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.consent_import.run import CHECK as CONSENT_CHECK
from access.models import BreakGlass, MaskedDataset, PermissionReview, ReviewItem, UsageRequest
from access.requests import Draft
from access.services import apart as handing
from access.services import break_glass, consents, requests, reviews, rights, rules
from access.services import export as exporting
from access.services import masked as masking
from access.services.consents import Upload
from approvals import services as approvals
from approvals.models import Proposal, StandIn
from audit.models import CaseEntry
from audit.periods import month_before
from audit.queries.radius import Scope
from audit.services import audits, cases, radius, reports, suppressions, traces
from classification.proposals import fields
from consent.models import SIGNED_FILE, Evidence, NoticeVersion
from consent.services import notices
from consent.services.records import Answer
from custody import acts
from custody.services import proposing
from customers.contacts import current
from customers.discovery import sightings
from customers.discovery.sightings import Seen
from customers.imports.run import CHECK
from customers.models import NOTE, Customer, LabelDoubt, ValueChange
from customers.proofs import seal_proof
from customers.relabel.run import RELABEL
from customers.services import contacts, doubts, records
from desk import problems
from files import apart
from files import services as files
from files.apart import Given
from jobs.models import Job
from retention.due import Due
from retention.models import Hold
from retention.services import batches, systems
from staff.acting import SLACK, person_of
from staff.models import Network, Person, Site, Training, Undertaking
from staff.services import duties, hr_files
from staff.services import people as taking
from tests.access.cast import Cast
from tests.audit.finding import one as one_finding
from tests.consent.builders import YEAR, published
from tests.desk.at_work import browser
from tests.papers import PNG
from tests.staff.company import enrolled
from trail import services as trail
from trail.actor import Actor
from trail.events import TRAIL_READ
from trail.models import Event

PERSONNEL = "工号,状态,部门\nNOBODY,在职,north\n".encode()
ROLES = ("agent", "supervisor", "head", "analyst", "officer", "security", "custodian", "auditor")

OPEN = {
    "public_contact": ("公示前台甲字七号", "公示前台丁字九号"),
    "full_name": ("濮阳示例", "澹台示例"),
    "business_number": ("内编甲七七三一", "内编丁九九四二"),
    "occupation": ("甲类标本剥制师", "丁类钟表修复师"),
    "employer": ("甲七不存在研究所", "丁九不存在出版社"),
    "city": ("甲七虚构市", "丁九虚构市"),
    "bank_name": ("甲七虚构银行", "丁九虚构银行"),
    "product_tags": ("甲七偏好", "丁九偏好"),
    "service_note": ("甲七备注一行", "丁九备注一行"),
}
"""L1 and L2: the value of the own customer, and of the foreign one."""
SEALED = {
    "mobile": ("15400000018", "15400000133"),
    "landline": ("010-20000007", "010-20000015"),
    "email": ("north.canary@example.com", "south.canary@example.com"),
    "address": ("虚构省甲七市示例路1号", "虚构省丁九市示例路2号"),
    "resident_id": ("119900199001010010", "449900198503120027"),
    "passport": ("E00000007", "E00000015"),
    "bank_card": ("9999990000000006", "9999990000000014"),
    "plate": ("京A00007", "京A00015"),
    "health_note": ("甲七过敏记录", "丁九过敏记录"),
}
"""L3."""
NUMBERS = ("NORTH-0007", "SOUTH-0009")
SURNAMES = ("濮阳", "澹台")
MASKS = {
    "full_name": ("濮阳*", "澹台*"),
    "mobile": ("154****0018", "154****0133"),
    "landline": ("010-****0007", "010-****0015"),
    "address": ("虚构省甲七市***", "虚构省丁九市***"),
    "passport": ("E*****007", "E*****015"),
    "plate": ("京A***07", "京A***15"),
    "resident_id": ("119900********0010", "449900********0027"),
    "email": ("n***@example.com", "s***@example.com"),
    "bank_card": ("****0006", "****0014"),
}
"""What masks of these fields leave, written down by hand (S0-17: the last four are not L3)."""


@dataclass
class World:
    """People of all roles in the north, a few in the south, a customer of each, and what they made."""

    cast: Cast
    people: dict[str, Actor] = field(default_factory=dict)
    south: dict[str, Actor] = field(default_factory=dict)
    customers: list[UUID] = field(default_factory=list)
    notice: NoticeVersion = field(init=False)

    def __post_init__(self) -> None:
        for role in ROLES:
            self.people[role] = self.cast.person(role)
        # Aggregates of the north, and no row of it: every address is asked with the portfolio given.
        self.cast.give(person_of(self.people["analyst"]), "north")
        for role in ("agent", "supervisor", "head"):
            self.south[role] = self.cast.person(role, department="south", serves="south")
        self.south["custodian"] = self.cast.person("custodian", department="south")
        self.south["security"] = self.cast.person("security", department="south")
        for here, (portfolio, agent) in enumerate(
            (("north", self.people["agent"]), ("south", self.south["agent"]))
        ):
            values = {code: both[here] for code, both in (OPEN | SEALED).items()}
            saved = records.create(
                number=NUMBERS[here],
                portfolio=portfolio,
                values=values,
                scenario="handling",
                source="customer",
                by=agent,
                at=self.cast.at,
            )
            left = {code: value for code, value in values.items() if code not in saved.fields}
            assert not left, f"the record holds no {sorted(left)}"
            self.customers.append(saved.ref)
        self.notice = published(self.cast.at - YEAR, "service")
        self._site()

    def _site(self) -> None:
        """Rows for every screen of the back office."""
        at, agent = self.cast.at, person_of(self.people["agent"])
        site = Site.objects.create(code="sh", name="上海", region="east")
        Network.objects.create(cidr="10.0.0.0/8", site=site, zone="office")
        Undertaking.objects.create(person=agent, version="2026", signed_at=at)
        Training.objects.create(person=agent, course="privacy", passed_at=at)

    @property
    def at(self):
        return self.cast.at

    def visit(self, role: str) -> Visit:
        """Let the person of a role sit down at a browser."""
        actor = self.people[role]
        enrolled(person_of(actor))
        client = browser(actor)
        client.get(
            reverse("desk:session_state")
        )  # lists the session, which every page asked of it would do anew
        return Visit(self, actor, client)


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever the databases are told in this block, as a test case does at its end."""
    blocks = [transaction.atomic(using=alias) for alias in ("default", "keyring")]
    for block in blocks:
        block._from_testcase = True  # type: ignore[attr-defined]
        block.__enter__()
    try:
        yield
    finally:
        for block in reversed(blocks):
            transaction.set_rollback(True, using=block.using)
            block.__exit__(None, None, None)


@dataclass
class Visit:
    """One person at a browser, with something of their own of every kind, and something foreign."""

    world: World
    actor: Actor
    client: Client
    things: dict[str, dict[str, dict[str, object]]] = field(default_factory=dict)
    seen_at: float = 0.0

    def stay(self) -> None:
        """Be seen now and then, and keep that: otherwise each page whose doings are undone lists the session anew."""
        if monotonic() - self.seen_at > SLACK.total_seconds() / 2:
            self.seen_at = monotonic()
            self.client.get(reverse("desk:session_state"))

    @property
    def role(self) -> str:
        return next(iter(self.actor.roles))

    def arguments(self, thing: str, which: str) -> dict[str, object]:
        """Return the arguments of an address: of one's "own" thing, of a "foreign" one, of one that does not exist."""
        if not thing:
            return {}
        if thing not in self.things:
            make = getattr(self, f"_{thing.replace(' ', '_')}")
            own, foreign = make("own"), make("foreign")
            nothing = {name: _nothing(value) for name, value in own.items()}
            self.things[thing] = {"own": own, "foreign": foreign, "none": nothing}
        return self.things[thing][which]

    def _who(self, which: str, role: str = "") -> Actor:
        """Return whose thing it is: the person's own, or somebody's in the south."""
        if which == "own" and not role:
            return self.actor
        here = self.world.people if which == "own" else self.world.south
        return here.get(role) or here["supervisor"]

    def _customer(self, which: str) -> UUID:
        return self.world.customers[which == "foreign"]

    def _ref(self, which: str) -> dict[str, object]:
        return {"ref": self._customer(which)}

    def _reveal(self, which: str) -> dict[str, object]:
        self._contact(which)
        return {"ref": self._customer(which), "field": "mobile"}

    def _contact(self, which: str) -> dict[str, object]:
        serves = which == "foreign" or self.role in {"agent", "supervisor", "head"}
        by = self._who(which) if serves else self.world.people["agent"]
        ref = self._customer(which)
        assert by.id is not None
        held = current(by.id, ref, self.world.at) or contacts.touch(ref=ref, by=by, at=self.world.at)
        return {"id": held.pk}

    def _token(self, which: str) -> dict[str, object]:
        client = self.client if which == "own" else browser(self.world.south["agent"])
        answer = client.post("/customers/", {"how": "number", "typed": NUMBERS[which == "foreign"]})
        return {
            "token": answer["Location"].rstrip("/").split("/")[-1]
            if "found" in answer.get("Location", "")
            else "nothing-was-searched"
        }

    def _export(self, which: str) -> dict[str, object]:
        by = self._who(which) if self.role in {"supervisor", "head"} else self.world.people["supervisor"]
        by = self.world.south["supervisor"] if which == "foreign" else by
        made = exporting.export_masked([self._customer(which)], "csv", how="list", by=by, at=self.world.at)
        return {"id": made.id}

    def _batch(self, which: str) -> dict[str, object]:
        """A batch that waits to be checked: no job works on it, so there is neither progress nor certificate."""
        due = Due(
            customer_ref=self._customer(which),
            fields=(),
            rule="term",
            reason_code="term",
            until=self.world.at,
        )
        by = Actor.system("retention.due")
        return {"id": batches.propose([due], trigger="term", by=by, at=self.world.at).pk}

    def _downstream(self, which: str) -> dict[str, object]:
        """A row of the register that some officer keeps: none is anybody's own."""
        said = {"name": f"system {uuid4()}", "owner": "D1", "contact": "-", "how": "mail"}
        by = self.world.cast.officer()
        row = systems.save(None, **said, fields=(), categories=("basic",), by=by, at=self.world.at)
        return {"id": row.pk}

    def _archived_month(self, which: str) -> dict[str, object]:
        """A month that was never archived: whoever may propose its end knows nothing of it."""
        return {"month": "2019-11"}

    def _leak(self, which: str) -> dict[str, object]:
        """A trace that some officer made: none is anybody's own."""
        made = traces.trace(b"15400000018", by=self.world.cast.officer(), at=self.world.at)
        return {"id": made.pk}

    def _masked_dataset(self, which: str) -> dict[str, object]:
        """A data set that was signed for a person of the world, or for somebody else, and is not made yet."""
        mine = which == "own" and self.role in {"analyst", "officer"}
        person = self.actor if mine else self.world.cast.person("analyst")
        assert person.id is not None
        made = masking.propose(
            portfolios=["north"],
            fields=["full_name"],
            rows=10,
            format="csv",
            person=person.id,
            reason="联调",
            by=self.world.people["officer"],
            at=self.world.at,
        )
        head = self.world.people["head"]
        approvals.approve(made.pk, seen_hash=made.content_hash, by=head, at=self.world.at)
        return {"id": MaskedDataset.objects.get(proposal=made.pk).pk}

    def _apart_value(self, which: str) -> dict[str, object]:
        ref = self._customer(which)
        given = Given(subject=ref, field="credit_report", content=b"x", text=True)
        row = apart.deposit(given, by=self.world.people["agent"], at=self.world.at)
        return {"ref": ref, "id": row.pk}

    def _end_apart(self, which: str) -> dict[str, object]:
        """The destruction of a value held apart, checked by the officer, to be signed by the head."""
        value = self._apart_value(which)
        ref, id = (UUID(str(value[name])) for name in ("ref", "id"))
        by = self.world.people["officer"]
        return {"id": handing.propose_destruction(ref, id, reason="销户", by=by, at=self.world.at).pk}

    def _upload(self, which: str) -> dict[str, object]:
        by = self.world.people["supervisor"] if which == "own" else self.world.south["supervisor"]
        client = self.client if which == "own" and self.role == "supervisor" else browser(by)
        portfolio = "north" if which == "own" else "south"
        said = {
            "file": table_of_customers(),
            "portfolio": portfolio,
            "scenario": "handling",
            "origin": "customers",
        }
        answer = client.post("/imports/", said)
        assert answer.status_code == 302, answer.content.decode()
        return {"file": UUID(answer["Location"].rstrip("/").split("/")[-1])}

    def _check(self, which: str) -> dict[str, object]:
        by = self.world.people["supervisor"] if which == "own" else self.world.south["supervisor"]
        file = files.put_file(BytesIO(b"x"), name="x", purpose="import.upload", by=by, at=self.world.at)
        facts = {"file": str(file.id), "mapping": {"0": "number"}, "scenario": "handling"}
        return {"id": self._job_of(by, facts | {"portfolio": by.department})}

    def _consent(self, which: str) -> dict[str, object]:
        """A signed yes that an agent of the place captured."""
        here = self.world.people if which == "own" else self.world.south
        (row,) = consents.record(
            self._customer(which),
            version=self.world.notice,
            language="zh-hans",
            answers=[Answer(purpose="service", yes=True)],
            method="paper",
            effective_at=self.world.at,
            uploads=[Upload(content=PNG, kind=SIGNED_FILE)],
            by=here["agent"],
            at=self.world.at,
        )
        return {"record": row.ref}

    def _evidence(self, which: str) -> dict[str, object]:
        record = self.arguments("consent", which)["record"]
        return {"id": Evidence.objects.get(record__ref=str(record)).pk}

    def _certificate(self, which: str) -> dict[str, object]:
        """The certificate of an agent of the north or the south."""
        person = Person.objects.get(pk=self._agent(which))
        made = duties.enter_training(
            person=person,
            course="privacy",
            passed_at=self.world.at,
            certificate=PNG,
            by=self.world.people["security"],
            at=self.world.at,
        )
        assert made.file is not None
        return {"id": made.file}

    def _consent_check(self, which: str) -> dict[str, object]:
        by = self.world.people["supervisor"] if which == "own" else self.world.south["supervisor"]
        facts = {"file": str(uuid4()), "version": self.world.notice.pk, "language": "zh-hans"}
        return {"id": self._job_of(by, facts, kind=CONSENT_CHECK)}

    def _job(self, which: str) -> dict[str, object]:
        by = self._who(which)
        return {"id": self._job_of(by, {"file": str(uuid4()), "mapping": {}, "scenario": "handling"})}

    def _job_of(self, by: Actor, parameters: Mapping[str, object], *, kind: str = CHECK) -> UUID:
        at = self.world.at
        made = Job.objects.create(
            kind=kind,
            owner_id=by.id,
            owner_number=by.number,
            created_at=at,
            nudged_at=at,
            parameters=parameters,
            total=10,
        )
        return made.pk

    def _problem(self, which: str) -> dict[str, object]:
        by = self._who(which)
        return {"id": problems.report("有问题", page="", by=by, at=self.world.at)}

    def _key_job(self, which: str) -> dict[str, object]:
        """Work on keys that some custodian started: every custodian and auditor follows it."""
        return {"id": self._job_of(self._who(which, "custodian"), {"version": 1}, kind=acts.REWRAP_JOB)}

    def _key_proposal(self, which: str) -> dict[str, object]:
        """An act on a key that another custodian proposed."""
        made = proposing.propose(
            acts.CREATE,
            {"version": 2},
            reason="轮换",
            by=self.world.cast.person("custodian"),
            at=self.world.at,
        )
        return {"id": made.pk}

    def _decision(self, which: str) -> dict[str, object]:
        """A role for an agent, proposed by a security manager, to be signed by the head of the agent's department."""
        here = self.world.people if which == "own" else self.world.south
        made = rights.propose_role(
            person=self._agent(which), role="supervisor", reason="需要", by=here["security"], at=self.world.at
        )
        return {"id": made.pk}

    def _asked(self, which: str, **more: object) -> dict[str, object]:
        """A usage request of an agent of the place, which waits for the head."""
        here = self.world.people if which == "own" else self.world.south
        row = requests.ask(self._draft(which, **more), by=here["agent"], at=self.world.at)
        return {"id": row.pk}

    def _asked_file(self, which: str) -> dict[str, object]:
        """A request without attachments: nobody is handed one."""
        return {**self._asked(which), "number": 0}

    def _draft(self, which: str, **more: object) -> Draft:
        at = self.world.at
        return Draft(
            purpose="service",
            fields=("mobile",),
            customers=(self._customer(which),),
            starts_at=at,
            ends_at=at + timedelta(days=1),
            reason="需要",
            justification="客户要求",
            exclude=False,
            **more,  # type: ignore[arg-type]
        )

    def _asked_proposal(self, which: str) -> dict[str, object]:
        return {"id": UsageRequest.objects.get(pk=str(self._asked(which)["id"])).proposal}

    def _asked_much(self, which: str) -> dict[str, object]:
        """A request for a file, which an officer signs, too."""
        return {"id": UsageRequest.objects.get(pk=str(self._asked(which, output="export")["id"])).proposal}

    def _archive(self, which: str) -> dict[str, object]:
        """A file that an agent of the place made under a grant."""
        here = self.world.people if which == "own" else self.world.south
        id = self._asked(which, output="export")["id"]
        proposal = Proposal.objects.get(pk=UsageRequest.objects.get(pk=str(id)).proposal)
        for signer in (here["head"], self.world.people["officer"]):
            approvals.approve(proposal.pk, seen_hash=proposal.content_hash, by=signer, at=self.world.at)
        handed = exporting.export_granted(UUID(str(id)), "csv", by=here["agent"], at=self.world.at)
        return {"id": id, "export_id": handed.export.pk}

    def _stand_in(self, which: str) -> dict[str, object]:
        here = self.world.people if which == "own" else self.world.south
        made = StandIn.objects.create(
            person=person_of(here["head"]),
            stand_in=person_of(self.world.cast.person("supervisor")),
            since=self.world.at,
            until=self.world.at + timedelta(days=1),
            proposal=uuid4(),
        )
        return {"id": made.pk}

    def _given(self, which: str) -> dict[str, object]:
        """One customer for an agent, proposed by a supervisor, to be signed by the head."""
        here = self.world.people if which == "own" else self.world.south
        made = rights.propose_customer(
            person=self._agent(which),
            customer=self._customer(which),
            reason="专人服务",
            by=here["supervisor"],
            at=self.world.at,
        )
        return {"id": made.pk}

    def _changed(self, which: str) -> dict[str, object]:
        """Another outcome of a reading rule, for a data security officer to sign: there are no foreign rules."""
        change = {"role": "officer", "level": 1 if which == "own" else 2, "view": "clear", "clause": "S0-20"}
        made = rules.propose_change(change, reason="需要", by=self.world.people["security"], at=self.world.at)
        return {"id": made.pk}

    def _label(self, which: str) -> dict[str, object]:
        """Another label for a field, for a head and an officer to sign: there are no foreign fields."""
        code = str(self._field(which)["code"])
        made = fields.propose_change(
            code,
            {"category": "sensitive"},
            supersedes=1,
            reason="归类有误",
            by=self.world.people["officer"],
            at=self.world.at,
        )
        return {"id": made.pk}

    def _field(self, which: str) -> dict[str, object]:
        return {"code": "city" if which == "own" else "employer"}

    def _moving(self, which: str) -> dict[str, object]:
        """A field whose values follow a signed label."""
        code = str(self._field(which)["code"])
        job = self._job_of(self.world.people["officer"], {"field": code, "proposal": ""})
        Job.objects.filter(pk=job).update(kind=RELABEL)
        return {"code": code}

    def _history(self, which: str) -> dict[str, object]:
        return {"ref": self._customer(which), "field": "mobile"}

    def _proof(self, which: str) -> dict[str, object]:
        """What proved the source of an earlier city, which somebody else than the customer had told."""
        held = Customer.objects.get(ref=self._customer(which))
        by = self.world.people["agent"] if which == "own" else self.world.south["agent"]
        line, at = "其单位来函，客户电话同意", self.world.at
        proof = seal_proof(line, "other", customer=held.ref, by=by, at=at)
        origin = {"source": "other", "proof": str(proof)}
        ValueChange.objects.create(
            customer=held, field="city", text="x", level=2, origin=origin, at=at, by_number=""
        )
        return {"ref": held.ref, "field": "city", "id": proof}

    def _purpose(self, which: str) -> dict[str, object]:
        return {"code": "survey" if which == "own" else "quality"}

    def _schedule(self, which: str) -> dict[str, object]:
        return {"scope": "category", "subject": "basic" if which == "own" else "business"}

    def _hold(self, which: str) -> dict[str, object]:
        at = self.world.at
        made = Hold.objects.create(
            customer=self._customer(which),
            owner_id=uuid4(),
            owner_number="P1",
            since=at,
            until=at + timedelta(days=9),
            proposal=uuid4(),
        )
        return {"id": made.pk}

    def _notice(self, which: str) -> dict[str, object]:
        code = "counter" if which == "own" else "online"
        by = self.world.people["officer"]
        notices.add_notice(code, channel=code, name_zh="告知书", name_en="Notice", by=by, at=self.world.at)
        return {"code": code}

    def _enrolment(self, which: str) -> dict[str, object]:
        here = self.world.people if which == "own" else self.world.south
        made = rights.propose_person(
            number=f"NEW-{which}",
            name="新人",
            department=here["security"].department,
            roles=["agent"],
            reason="入职",
            by=here["security"],
            at=self.world.at,
        )
        approvals.approve(made.pk, seen_hash=made.content_hash, by=here["head"], at=self.world.at)
        return {"id": made.pk}

    def _agent(self, which: str) -> UUID:
        """An agent of the north or the south whom nothing else is about."""
        department = "north" if which == "own" else "south"
        made = self.world.cast.person("agent", department=department, serves="").id
        assert made is not None
        return made

    def _person(self, which: str) -> dict[str, object]:
        return {"id": self._agent(which)}

    def _frozen(self, which: str) -> dict[str, UUID]:
        person = self._agent(which)
        taking.freeze(person, by=self.world.people["security"], at=self.world.at)
        return {"id": person}

    def _undo(self, which: str) -> dict[str, object]:
        """The end of a freeze, proposed by a security manager, to be signed by the head of the frozen person."""
        here = self.world.people if which == "own" else self.world.south
        made = rights.propose_unfreeze(
            person=self._frozen(which)["id"], reason="误报", by=here["security"], at=self.world.at
        )
        return {"id": made.pk}

    def _self(self, which: str) -> dict[str, object]:
        return {"id": self._who(which).id}

    def _colleague(self, which: str) -> dict[str, object]:
        return {"id": self._agent(which)}

    def _own_event(self, which: str) -> dict[str, object]:
        return self._event_of(self._who(which))

    def _event(self, which: str) -> dict[str, object]:
        return self._event_of(
            self.world.people["agent"] if which == "own" and self.role != "agent" else self._other(which)
        )

    def _closed(self, which: str) -> dict[str, object]:
        """A contact that an agent closed with a line: law 10 says who reads it."""
        by = self.world.people["agent"] if which == "own" else self.world.south["agent"]
        held = contacts.touch(ref=self._customer(which), by=by, at=self.world.at)
        contacts.close(id=held.pk, line="办完了", by=by, at=self.world.at)
        return {"id": Event.objects.filter(kind="contact.closed").latest("id").pk}

    def _other(self, which: str) -> Actor:
        return self.world.people["supervisor"] if which == "own" else self.world.south["agent"]

    def _event_of(self, actor: Actor) -> dict[str, object]:
        receipt = trail.record(TRAIL_READ, by=actor, at=self.world.at, facts={"scope": "self", "filters": []})
        return {"id": receipt.event}

    def _run(self, which: str) -> dict[str, object]:
        return {"id": doubts.start_now(by=self.world.people["officer"], at=self.world.at).pk}

    def _doubt(self, which: str) -> dict[str, object]:
        """A text of a customer that looks like something of a higher level, seen by a run."""
        customer = Customer.objects.get(ref=self._customer(which))
        seen = Seen(NOTE, "mobile", 1, 1, None, field="service_note", customer=customer.pk)
        sightings.note([seen], run=uuid4(), at=self.world.at, listed={}, most=1)
        return {"id": LabelDoubt.objects.get(customer=customer).pk}

    def _budget(self, which: str) -> dict[str, object]:
        return {"code": "clear-agent" if which == "own" else "clear-supervisor"}

    def _detector(self, which: str) -> dict[str, object]:
        return {"code": "off_hours"}

    def _served(self, which: str) -> dict[str, object]:
        """Somebody whose budgets the own supervisor and head extend, or those of the south do."""
        return {"id": self._agent(which)}

    def _used_glass(self, which: str) -> dict[str, object]:
        """An emergency of a supervisor of the place, for somebody else to review."""
        by = self.world.cast.person("supervisor", department="north" if which == "own" else "south")
        break_glass.show(self._customer(which), "email", reason="急", by=by, at=self.world.at)
        return {"id": BreakGlass.objects.latest("at", "event").id}

    def _reviewed_glass(self, which: str) -> dict[str, object]:
        """An emergency of a supervisor of the place, reviewed by the head of the place."""
        used = self._used_glass(which)
        by = (self.world.people if which == "own" else self.world.south)["head"]
        break_glass.review(UUID(str(used["id"])), justified=True, words="属实", by=by, at=self.world.at)
        return used

    def _review(self, which: str) -> dict[str, object]:
        """The running review, or one of an earlier quarter in which nobody held anything."""
        at = self.world.at + timedelta(microseconds=1)  # use counts until then
        if which == "own":
            by = self.world.people["security"]
            return {"id": reviews.start(deadline=at + timedelta(days=14), by=by, at=at).pk}
        then = at - timedelta(days=92)
        made = PermissionReview.objects.create(
            started_at=then, deadline=then + timedelta(days=14), used_since=then, started_by_number="x"
        )
        return {"id": made.pk}

    def _reviewed_right(self, which: str) -> dict[str, object]:
        """The role of an agent of the north or the south in the running review."""
        review = self.arguments("review", "own")["id"]
        here = self.world.people if which == "own" else self.world.south
        item = ReviewItem.objects.get(review__pk=str(review), person=person_of(here["agent"]), kind="role")
        return {"id": review, "item": item.pk}

    def _finding(self, which: str) -> dict[str, object]:
        """What a detector found about an agent of the place."""
        place = "north" if which == "own" else "south"
        return {"id": one_finding(self.world.cast.agent(department=place), self.world.at).pk}

    def _case(self, which: str) -> dict[str, object]:
        finding, at = self._finding(which)["id"], self.world.at
        by = self.world.cast.officer()
        return {"id": cases.take(UUID(str(finding)), due_at=at + timedelta(days=9), by=by, at=at).pk}

    def _case_act(self, which: str) -> dict[str, object]:
        return {**self._case(which), "act": "note"}

    def _case_file(self, which: str) -> dict[str, object]:
        case, by = self._case(which)["id"], self.world.cast.officer()
        cases.attach(int(str(case)), content=PNG, by=by, at=self.world.at)
        return {"id": case, "entry": CaseEntry.objects.latest("pk").pk}

    def _suppression(self, which: str) -> dict[str, object]:
        here, at = self.world.people if which == "own" else self.world.south, self.world.at
        made = suppressions.suppress(
            "off_hours",
            person=here["agent"].id,
            reason="夜班",
            until=at + timedelta(days=9),
            by=self._officer(),
            at=at,
        )
        return {"id": made.pk}

    def _officer(self) -> Actor:
        return self.world.cast.officer()

    def _audit(self, which: str) -> dict[str, object]:
        """An audit of a period without findings, examined to its end."""
        at = self.world.at
        until = at - timedelta(days=400 if which == "own" else 500)
        made = audits.start_by_hand(since=until - timedelta(days=1), until=until, by=self._officer(), at=at)
        Job.objects.filter(parameters__audit=str(made.pk)).update(finished_at=at)
        return {"id": made.pk}

    def _signed_audit(self, which: str) -> dict[str, object]:
        made = self._audit(which)
        audits.sign(UUID(str(made["id"])), by=self._officer(), at=self.world.at)
        return made

    def _personnel(self, which: str) -> dict[str, object]:
        by = self.world.people["security"] if which == "own" else self.world.south["security"]
        return {"id": hr_files.bring(PERSONNEL, by=by, at=self.world.at).pk}

    def _radius(self, which: str) -> dict[str, object]:
        """What somebody of the north, or of the south, was shown in the hour before."""
        at, officer = self.world.at, self.world.people["officer"]
        here = self.world.people if which == "own" else self.world.south
        scope = Scope(since=at - timedelta(hours=1), until=at, person=here["agent"].id)
        return {"id": radius.measure(scope, by=officer, at=at).pk}

    def _radius_list(self, which: str) -> dict[str, object]:
        """A list that the person had made, or somebody else."""
        id = UUID(str(self.arguments("radius", which)["id"]))
        mine = which == "own" and self.role == "officer"
        by = self.actor if mine else self.world.cast.person("officer")
        made = radius.make_list(id, by=by, at=self.world.at)
        return {"id": id, "file": made.pk}

    def _report(self, which: str) -> dict[str, object]:
        period = month_before(self.world.at if which == "own" else month_before(self.world.at)[0])
        return {"id": reports.write(*period, by=self.world.people["officer"], at=self.world.at).pk}

    def _rule(self, which: str) -> dict[str, object]:
        return {"code": "agent-l3" if which == "own" else "supervisor-l3"}

    def form(self, name: str, arguments: dict[str, object]) -> dict[str, object]:
        """Return what is sent to one address."""
        forms: dict[str, Mapping[str, object]] = {
            "unlock": {"password": "wrong"},
            "code": {"code": "000000"},
            "last day": {"last_day": f"{self.world.at + timedelta(days=14):%Y-%m-%d}"},
            "keep": {"decision": "keep"},
            "month": {"month": f"{timezone.localtime(self.world.at):%Y-%m}"},
            "moment": {"at": self.world.at.isoformat()},
            "due": {"due": f"{self.world.at + timedelta(days=9):%Y-%m-%d}"},
            "words": {"words": "已核实"},
            "suppress": {
                "detector": "off_hours",
                "last_day": f"{self.world.at + timedelta(days=9):%Y-%m-%d}",
                "reason": "夜班",
            },
            "audited days": {"first": "2026-01-01", "last": "2026-01-31"},
            "together": {"items": _items_of(arguments, self.world.people["agent"])},
            "personnel": {"file": SimpleUploadedFile("hr.csv", PERSONNEL)},
            "seen": {"seen": sha256(b"").hexdigest()},
            "enrol": {"token": "x" * 43},
            "search": {"how": "number", "typed": NUMBERS[0]},
            "contact": {"channel": "phone"},
            "apart": {"field": "credit_report", "text": "征信摘要"},
            "line": {"line": "办完了"},
            "reason": {"reason": "核实身份"},
            "more": {"budget": "clear", "reason": "批量回访"},
            "thresholds": {"customers": 20, "logins": 4, "grace": 60, "reason": "收紧"},
            "hours": {"department": "", "opens": 480, "closes": 1080, "reason": "调整"},
            "budget": {"per_hour": 5, "per_day": 50, "more_hour": 1, "more_day": 5, "reason": "收紧"},
            "review": {"justified": "yes", "words": "已核对"},
            "compare": {"field": "mobile", "said": "15400000018"},
            "customer": {"number": "NEW-1", "portfolio": "north", "source": "customer"} | REQUIRED,
            "edit": {
                "version": "1",
                "source": "customer",
                "city": "改后城市",
                "initial-city": "x",
                "full_name": "濮阳示例",
            },
            "export": {"format": "csv"},
            "masked": {
                "portfolios": "north",
                "fields_chosen": "full_name",
                "rows": "10",
                "format": "csv",
                "person": str(self.world.people["analyst"].id),
                "reason": "联调",
            },
            "aggregates": {"portfolio": "north", "by": "tier"},
            "register": {"format": "xlsx"},
            "key register": {"format": "csv"},
            "key act": {"step-step": "key.create:2", "step-reason": "年度轮换"},
            "drill": {
                "drill-held_on": f"{self.world.at - timedelta(days=1):%Y-%m-%d}",
                "drill-copy": "file",
                "drill-opened": "yes",
                "drill-reason": "演练",
            },
            "language": {"language": "zh-hans"},
            "radius": {"since": "2026-01-01T00:00", "until": "2026-01-02T00:00"},
            "upload": {
                "file": table_of_customers(),
                "portfolio": "north",
                "scenario": "handling",
                "origin": "customers",
            },
            "columns": {"column-0": "number", "column-1": "full_name"},
            "consent": {
                "version": self.world.notice.pk,
                "language": "zh-hans",
                "method": "checkbox",
                "answered_at": timezone.localtime(self.world.at).strftime("%Y-%m-%dT%H:%M"),
                "answer-service": "no",
            },
            "consent purpose": {"purpose": "service", "reason": "需要"},
            "holds": {"holds": "yes"},
            "consents": {
                "file": SimpleUploadedFile(
                    "old.csv",
                    "客户编号,处理目的,答复,日期,方式\nNORTH-0007,service,否,2026-01-05,电话\n".encode(),
                ),
                "version": self.world.notice.pk,
                "language": "zh-hans",
            },
            "problem": {"text": "有问题"},
            "hash": {"hash": _hash_of(arguments)},
            "narrow": {
                "hash": _hash_of(arguments),
                "fields_left": "mobile",
                "ends_at": (timezone.localtime(self.world.at) + timedelta(hours=2)).strftime(
                    "%Y-%m-%dT%H:%M"
                ),
                "output": "screen",
                "uses": "1",
                "reason": "够用",
            },
            "half": {"half": "code" if self.role == "head" else "link"},
            "person": {
                "number": "NEW-2",
                "name": "新人",
                "department": self.world.cast.departments["north"].pk,
                "roles": "agent",
                "reason": "入职",
            },
            "role": {"what": "role", "role": "analyst", "reason": "需要"},
            "take": {"what": "role", "which": "agent"},
            "rule_new": {
                "role": "agent",
                "level": "2",
                "tier": "premium",
                "view": "masked",
                "clause": "S4-55",
                "reason": "收紧",
            },
            "rule": {"view": "hidden", "clause": "S0-28", "reason": "收紧"},
            "label": LABEL | {"supersedes": "1", "level": "3", "reason": "收紧", "act": "propose"},
            "field": LABEL
            | {"code": "badge_number", "name_zh": "胸牌号", "name_en": "Badge number", "reason": "新业务"},
            "confirm": {"fields_chosen": ["city"], "reason": "年度评审"},
            "purpose": PURPOSE | {"supersedes": "1"},
            "new purpose": PURPOSE | {"code": "raffle", "name_zh": "抽奖", "name_en": "Raffle"},
            "end": {"supersedes": "1", "reason": "不再需要"},
            "schedule": {
                "months": "24",
                "starts": "end_of_relationship",
                "then": "destroy",
                "supersedes": "1",
                "reason": "收紧",
            },
            "hold": {
                "numbers": NUMBERS[0],
                "last_day": f"{self.world.at + timedelta(days=9):%Y-%m-%d}",
                "reason": "诉讼",
            },
            "hold end": {"reason": "结案"},
            "confirm values": {"field": ["city"]},
            "notice": {
                "kind": "notice",
                "code": "paper",
                "channel": "paper",
                "name_zh": "纸质告知书",
                "name_en": "Paper notice",
            },
            "placing": {"what": "tier", "tier": "vip", "reason": "资产达标"},
            "dismiss": {"reason": "误报", "until": f"{self.world.at + timedelta(days=9):%Y-%m-%d}"},
            "somebody": {"person": str(self.world.people["agent"].id)},
            "organisation": {
                "name_zh": "示例公司",
                "name_en": "Example Ltd.",
                "address": "示例市示例路1号",
                "email": "privacy@example.com",
                "phone": "400-000-0000",
                "officer_name": "示例",
                "officer_contact": "officer@example.com",
            },
            "destruction": {"numbers": NUMBERS[0], "trigger": "request"},
            "downstream": {
                "name": f"平台 {self.role}",
                "owner": "数据平台组",
                "contact": "data@example.com",
                "how": "mail",
                "categories": "basic",
            },
            "leaked list": {"text": "15400000018"},
            "decoys": {"portfolio": "north", "count": "1"},
            "explain": {"person": "T000", "customer": NUMBERS[0]},
            "number": {"number": NUMBERS[0]},
        }
        return dict(forms.get(name, {}))


LABEL = {"level": "2", "kind": "text", "max_length": "60", "index": "none", "category": "basic"}
PURPOSE = {
    "basis": "consent",
    "retain_months": "7",
    "retain_from": "collection",
    "owner": "north",
    "field-city": "optional",
    "reason": "新业务",
    "act": "propose",
}
REQUIRED = {"full_name": "诸葛示例", "mobile": "15400000026"}


def table_of_customers() -> SimpleUploadedFile:
    """Return a file that can be imported."""
    return SimpleUploadedFile("list.csv", "客户编号,姓名\nW0001,诸葛示例\n".encode())


def _nothing(value: object) -> object:
    if isinstance(value, UUID):
        return uuid4()
    if isinstance(value, int):
        return 2**53
    return value if value == "mobile" else "no-such-thing"


def _hash_of(arguments: dict[str, object]) -> str:
    id = arguments.get("id")
    found = Proposal.objects.filter(pk=id).first() if isinstance(id, UUID) else None
    return found.content_hash if found else ""


def _items_of(arguments: dict[str, object], person: Actor) -> list[int]:
    """Return the rights of a person in a review: used on the day the world was made, so kept together."""
    id = arguments.get("id")
    found = ReviewItem.objects.filter(person=person_of(person))
    return list(found.filter(review=id).values_list("pk", flat=True)) if isinstance(id, UUID) else []
