"""The public process: what it may read and write in the database, and what it refuses to start with."""

import os
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from subprocess import CompletedProcess, run
from uuid import uuid4

import psycopg
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from consent import links
from consent.models import ConsentLink
from consent.services import links as making
from custinfo.servers.running import public_environment
from tests.access.cast import Cast
from tests.consent.builders import Answering, published
from tests.custinfo.test_checks import FORGETFUL, GOOD_SECRET
from tests.processes import BASE_DIR, environment
from tests.trail.logins import owner
from trail.services import clock

EVENT = {
    *(
        "at",
        "actor_id",
        "actor_number",
        "actor_name",
        "roles",
        "department",
        "site",
        "site_region",
        "acting_as",
    ),
    *(
        "mode",
        "kind",
        "facts",
        "decision",
        "rule",
        "rule_version",
        "purpose",
        "contact",
        "request",
        "zone",
        "ip",
    ),
    "session_hash",
}
EXPOSURE = {
    *("at", "event_id", "actor_id", "customer", "portfolio", "portfolio_region", "clear", "masked", "level"),
    *("act", "digest"),
}
VERSION = {"id", "notice_id", "number", "purposes", "changes", "renews", "published_at", "proposal"}
LINK = {
    *("id", "token_sha256", "subject", "version_id", "purposes", "language", "check_field", "check_kind"),
    *(
        "check_names",
        "check_mac",
        "via",
        "via_field",
        "address_since",
        "takes_file",
        "made_by_id",
        "made_by_number",
        "contact",
    ),
    *("made_at", "expires_at"),
}
TRY = {"link_id", "at", "ip", "passed"}
RECEIPT = {"link_id", "token_sha256", "at"}
RECORD = {
    *(
        "ref",
        "subject",
        "purpose",
        "version_id",
        "language",
        "answer",
        "fields",
        "separate",
        "written",
        "method",
    ),
    *("guardian", "source", "captured_by_id", "captured_by_number", "link_id", "site"),
    *("staff_browser", "ip", "device", "note", "effective_at", "at", "valid_until", "recorded_at"),
}
EVIDENCE = {
    *(
        "record_id",
        "kind",
        "file",
        "sha256",
        "media_type",
        "original",
        "uploaded_by_id",
        "uploaded_by_number",
    ),
    "at",
}
DEPOSIT = {"id", "purpose", "reference", "sealed", "sha256", "size", "created_at", "taken_at", "refused"}

MAY = {
    ("trail_event", "INSERT"): EVENT,
    ("trail_event", "SELECT"): {"id", "recorded_at"},
    ("trail_exposure", "INSERT"): EXPOSURE,
    ("files_deposit", "INSERT"): DEPOSIT,
    ("consent_notice", "SELECT"): {"code", "kind", "channel", "name_zh", "name_en"},
    ("consent_noticeversion", "SELECT"): VERSION,
    ("consent_noticetext", "SELECT"): {"id", "version_id", "language", "sections", "sha256"},
    ("consent_consentlink", "SELECT"): LINK,
    ("consent_linktry", "SELECT"): {"id", *TRY},
    ("consent_linktry", "INSERT"): TRY,
    ("consent_receipt", "SELECT"): RECEIPT,
    ("consent_receipt", "INSERT"): RECEIPT,
    ("consent_consentrecord", "SELECT"): {"id", *RECORD},
    ("consent_consentrecord", "INSERT"): RECORD,
    ("consent_confirmation", "SELECT"): {"id", "record_id", "accepted", "at"},
    ("consent_evidence", "SELECT"): {"id", "record_id", "at"},
    ("consent_evidence", "INSERT"): EVIDENCE,
    ("staff_site", "SELECT"): {"id", "code", "name", "region"},
    ("staff_network", "SELECT"): {"id", "cidr", "site_id", "zone"},
}
"""Every right of the public role on every table, written by hand: what is not here is refused."""

ONE_TOKEN = {
    f"consent_{name}"
    for name in ("consentlink", "linktry", "receipt", "consentrecord", "confirmation", "evidence")
}
"""Of these it sees the rows of the token that its transaction names, and no others."""

SEQUENCES = {"trail_event_id_seq", "trail_exposure_id_seq"}
FUNCTIONS = {"consent_link_shown", "consent_subject_shown"}
"""What runs with the owner's rights: which link, and whose, a token stands for."""
RIGHTS = ("SELECT", "INSERT", "UPDATE", "REFERENCES")
TABLE_RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


@pytest.fixture
def public(transactional_db: None) -> Iterator[psycopg.Connection]:
    """Log in to the test database as the public role."""
    database = connection.settings_dict["NAME"]
    url = make_conninfo(os.environ["PUBLIC_DATABASE_URL"], dbname=database)
    with psycopg.connect(url, autocommit=True) as login:
        yield login


@pytest.mark.django_db
def test_the_role_has_these_rights_on_these_columns_and_no_others() -> None:
    with owner() as login:
        columns = login.execute(
            "select relname, attname, right_ from pg_class join pg_attribute on attrelid = pg_class.oid"
            " cross join unnest(%s::text[]) right_"
            " where relkind in ('r', 'p', 'v', 'm', 'f') and attnum > 0 and not attisdropped"
            " and relnamespace = 'public'::regnamespace"
            " and has_column_privilege('custinfo_public', pg_class.oid, attnum, right_)",
            [list(RIGHTS)],
        ).fetchall()
        whole = login.execute(
            "select relname, right_ from pg_class cross join unnest(%s::text[]) right_"
            " where relkind in ('r', 'p', 'v', 'm', 'f') and relnamespace = 'public'::regnamespace"
            " and has_table_privilege('custinfo_public', pg_class.oid, right_)",
            [list(TABLE_RIGHTS)],
        ).fetchall()
        sequences = login.execute(
            "select sequencename from pg_sequences where schemaname = 'public' and has_sequence_privilege("
            "'custinfo_public', quote_ident(sequencename), 'usage, select, update')"
        ).fetchall()
        functions = login.execute(
            "select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef"
            " and has_function_privilege('custinfo_public', oid, 'execute')"
        ).fetchall()
        tables = login.execute("select count(*) from pg_class where relkind in ('r', 'p')").fetchone()
    found: dict[tuple[str, str], set[str]] = {}
    for table, column, right in columns:
        found.setdefault((table, right), set()).add(column)
    assert found == MAY
    assert whole == []
    assert {name for (name,) in sequences} == SEQUENCES
    assert {name for (name,) in functions} == FUNCTIONS
    assert tables is not None
    assert tables[0] > 100


def test_the_role_is_refused_what_it_may_not(public: psycopg.Connection) -> None:
    for statement in (
        "select * from customers_customer",
        "select number from staff_person",
        "select kind from trail_event",
        "select sealed from files_deposit",
        "update files_deposit set refused = ''",
        "delete from files_deposit",
        "select trail_make_partitions(current_date, 1)",
        "create table mine (n int)",
        f"insert into trail_event_{_month(public)} (kind) values ('x')",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            public.execute(statement)


def _month(login: psycopg.Connection) -> str:
    row = login.execute("select to_char(now() at time zone 'UTC', 'YYYY_MM')").fetchone()
    assert row is not None
    return str(row[0])


def test_the_role_speaks_for_nobody(public: psycopg.Connection) -> None:
    columns = {
        **dict.fromkeys(
            ("actor_number", "actor_name", "department", "site", "site_region", "acting_as"), "''"
        ),
        **dict.fromkeys(("kind", "decision", "rule", "purpose", "request", "zone", "session_hash"), "''"),
        "at": "now()",
        "facts": "'{}'",
        "roles": "'{}'",
        "mode": "'public'",
    }

    def write(**changes: str) -> None:
        given = columns | changes
        public.execute(
            f"insert into trail_event ({', '.join(given)}) values ({', '.join(given.values())}) returning id"
        )

    write()
    for changes in (
        {"mode": "'human'"},
        {"mode": "'system'"},
        {"actor_id": "gen_random_uuid()"},
        {"actor_number": "'1001'"},
        {"roles": "'{officer}'"},
        {"acting_as": "'1001'"},
    ):
        with pytest.raises(psycopg.errors.CheckViolation, match="the_public_pages_speak_for_nobody"):
            write(**changes)


def test_the_role_sees_nothing_of_links_and_answers_without_their_token(public: psycopg.Connection) -> None:
    at = clock()
    desk = Answering(published(at, "service"), Cast(at).agent())
    desk.record(True, at=at)
    for table in ONE_TOKEN:
        protected = public.execute(
            "select relrowsecurity from pg_class where relname = %s", [table]
        ).fetchone()
        assert protected == (True,)
        assert public.execute(
            f"select count(*) from (select at from {table}) rows".replace(
                "select at from consent_consentlink", "select made_at from consent_consentlink"
            )
        ).fetchone() == (0,)


def test_a_temporary_table_of_its_own_shows_the_role_no_other_link(public: psycopg.Connection) -> None:
    at = clock()
    token = make_link(Answering(published(at, "service"), Cast(at).agent()), at)
    link = ConsentLink.objects.get()
    planted = "create temporary table consent_consentlink (id uuid, token_sha256 bytea, subject uuid)"
    public.execute(planted)
    public.execute("grant all on pg_temp.consent_consentlink to public")
    public.execute(
        "insert into pg_temp.consent_consentlink values (%s, '\\xaa', %s)", [link.pk, link.subject]
    )
    public.execute("select set_config('custinfo.link', 'aa', false)")
    assert public.execute("select count(*) from public.consent_consentlink").fetchone() == (0,)
    public.execute("select set_config('custinfo.link', %s, false)", [links.digest(token).hex()])
    assert public.execute("select count(*) from public.consent_consentlink").fetchone() == (1,)


@pytest.mark.parametrize("change", ["source", "captured_by_id", "subject", "recorded_at"])
def test_the_role_answers_for_the_customer_of_its_token_only(public: psycopg.Connection, change: str) -> None:
    at = clock() - timedelta(seconds=1)
    desk = Answering(published(at, "service"), Cast(at).agent())
    token, other = make_link(desk, at), uuid4()
    given = {
        "subject": desk.subject,
        "version_id": desk.version.pk,
        "purpose": "service",
        "language": "en",
        "answer": "given",
        "fields": [],
        "separate": False,
        "written": False,
        "method": "checkbox",
        "source": "link",
        "captured_by_number": "",
        "link_id": ConsentLink.objects.get().pk,
        "ref": uuid4(),
        "site": "",
        "staff_browser": False,
        "device": "",
        "effective_at": at,
        "at": at,
    }
    wrong = {"source": "desk", "captured_by_id": other, "subject": other, "recorded_at": at}

    def write(**values: object) -> None:
        row = given | values
        columns = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join(f"%({name})s" for name in row)
        with public.transaction():
            public.execute("select set_config('custinfo.link', %s, true)", [links.digest(token).hex()])
            public.execute(f"insert into consent_consentrecord ({columns}) values ({marks})", row)

    with pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.InsufficientPrivilege)):
        write(**{change: wrong[change]})
    write()


def make_link(desk: Answering, at: datetime) -> str:
    """Make a link that asks for one purpose; return its token."""
    token = links.new_token()
    check = making.Check(field="mobile", kind="mobile", names={}, mac=b"x")
    making.make(
        token, desk.exposed, version=desk.version, purposes=["service"], language="en", check=check, via="print",
        by=desk.by, at=at,
    )  # fmt: skip
    return token


def test_the_role_reaches_no_other_database(public: psycopg.Connection) -> None:
    keyring = make_conninfo(os.environ["PUBLIC_DATABASE_URL"], dbname="custinfo_keyring")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(keyring)


def start(**changes: str) -> "CompletedProcess[str]":
    """Load the WSGI application as gunicorn does, as the public process on the test database."""
    names = environment()
    database = connection.settings_dict["NAME"]
    names["PUBLIC_DATABASE_URL"] = make_conninfo(names["PUBLIC_DATABASE_URL"], dbname=database)
    names = public_environment(names) | {
        "CUSTINFO_MODE": "production",
        "ALLOWED_HOSTS": "localhost",
        "SECRET_KEY": GOOD_SECRET,
        "PUBLIC_URL": "https://privacy.example.com",
    }
    return run(
        [sys.executable, "-c", f"{FORGETFUL}import custinfo.wsgi, sys; print('started', *sys.modules)"],
        cwd=BASE_DIR,
        env=names | changes,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.django_db(transaction=True)
class TestStart:
    def test_starts_without_keys_queue_and_sessions(self) -> None:
        done = start()
        assert done.stdout.startswith("started "), done.stderr
        loaded = set(done.stdout.split())
        assert "desk.public.urls" in loaded
        assert {
            name for name in loaded if name.startswith(("customers", "access", "allauth", "guardian"))
        } == set()
        assert {"django.contrib.admin.options", "django.contrib.sessions.models"} & loaded == set()

    @pytest.mark.parametrize(
        "name",
        [
            "KEK_FILE",
            "LOGIN_KEY_FILE",
            "DEPOSIT_KEY_FILE",
            "TRAIL_KEY_FILE",
            "KEYRING_DATABASE_URL",
            "CELERY_BROKER_URL",
        ],
    )
    def test_refuses_a_key_or_a_way_to_one(self, name: str) -> None:
        done = start(**{name: environment().get(name, "redis://somewhere")})
        assert done.returncode != 0
        assert f"The public process was given {name}" in done.stderr

    def test_refuses_the_applications_login(self) -> None:
        done = start(DATABASE_URL=environment()["DATABASE_URL"])
        assert done.returncode != 0
        assert "The public process may read or change" in done.stderr
        assert "customers_customer" in done.stderr

    @pytest.mark.parametrize("name", ["RECEIPT_KEY_FILE", "DEPOSIT_RECIPIENT_FILE"])
    def test_refuses_to_be_without_what_it_needs(self, name: str) -> None:
        assert "/nowhere cannot be read" in start(**{name: "/nowhere"}).stderr
