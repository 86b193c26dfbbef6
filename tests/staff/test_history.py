"""Change history of configuration: who, from where, what; never a password; never changed again."""

import pytest
from auditlog.models import LogEntry
from django.db import DatabaseError, connection, transaction
from django.test import Client

from staff.models import Department, Person, Site
from tests.database import OWNER, log_in_as
from tests.staff.company import Company, enrolled, log_in


def test_a_change_in_the_admin_knows_its_author_and_address(client: Client, company: Company) -> None:
    manager = company.person("m", "security")
    enrolled(manager)
    log_in(client, manager)
    answer = client.post(
        "/admin/staff/department/add/",
        {"code": "sh", "name": "上海", "parent": "", "active": "on"},
        headers={"X-Forwarded-For": "6.6.6.6"},
    )
    assert answer.status_code == 302
    made = Department.objects.get(code="sh")
    entry = LogEntry.objects.get(object_pk=str(made.pk), content_type__model="department")
    assert (entry.actor, entry.remote_addr) == (manager, "127.0.0.1")
    assert entry.changes_dict["code"] == ["None", "sh"]


def test_passwords_stay_out_and_mail_addresses_are_masked_whole(company: Company) -> None:
    person = company.person("p", email="p@example.com")
    enrolled(person)
    person.email = "other@example.com"
    person.save()
    entries = LogEntry.objects.filter(object_pk=str(person.pk), content_type__model="person")
    written = str([entry.changes for entry in entries])
    assert entries.count() >= 2
    assert "argon2" not in written
    assert "password'" not in written
    assert "example.com" not in written


@pytest.mark.parametrize(
    "act", ["update auditlog_logentry set object_repr = ''", "delete from auditlog_logentry"]
)
def test_the_application_role_changes_nothing(company: Company, act: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act)
    with pytest.raises(DatabaseError), transaction.atomic():
        LogEntry.objects.all().delete()


def test_the_application_role_has_no_right_to(db: None) -> None:
    with connection.cursor() as cursor:
        for right in ("update", "delete", "truncate"):
            cursor.execute("select has_table_privilege('auditlog_logentry', %s)", [right])
            assert cursor.fetchone() == (False,)


@pytest.mark.django_db(transaction=True)
def test_the_owner_changes_nothing_either(db: None) -> None:
    Person.objects.exists()
    Site.objects.create(code="sh", name="上海", region="east")
    log_in_as(OWNER)
    try:
        for act in ("update auditlog_logentry set object_repr = ''", "delete from auditlog_logentry"):
            for replica in ("", "set local session_replication_role = replica; "):
                with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(replica + act)
    finally:
        from tests.database import APP

        log_in_as(APP)
    assert LogEntry.objects.filter(content_type__model="site").count() == 1
