"""What beat asks for and when, in UTC. A task that is asked more often than it is due says so itself."""

from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "access.review": {
        "task": "access.tasks.start_review",
        "schedule": crontab(month_of_year="1,4,7,10", day_of_month=1, hour=1, minute=0),
    },
    "access.tend_reviews": {"task": "access.tasks.tend_reviews", "schedule": 300.0},
    "retention.list_due": {"task": "retention.tasks.list_due", "schedule": crontab(hour=18, minute=30)},
    # Asked daily, done once a month: a beat that slept on the first loses nothing.
    "customers.discovery": {
        "task": "customers.tasks.start_discovery",
        "schedule": crontab(hour=18, minute=0),
    },
    # Asked daily, done once a week.
    "customers.verification": {
        "task": "customers.tasks.start_verification",
        "schedule": crontab(hour=20, minute=0),
    },
    "audit.monthly": {"task": "audit.tasks.start_audit", "schedule": crontab(hour=17, minute=30)},
    "audit.report": {"task": "audit.tasks.write_report", "schedule": crontab(hour=19, minute=0)},
    "audit.alerts": {"task": "audit.tasks.start_alerts", "schedule": crontab(minute=5)},
    "audit.alarms": {"task": "audit.tasks.sweep_alarms", "schedule": 60.0},
    "access.aggregates": {"task": "access.tasks.start_aggregates", "schedule": crontab(hour=19, minute=30)},
    "access.move_originals": {"task": "access.tasks.move_originals", "schedule": 60.0},
    "audit.sweep_decoys": {"task": "audit.tasks.sweep_decoys", "schedule": 60.0},
    # Asked every five minutes, done when due: data each night, the keyring each hour.
    "retention.backups": {"task": "retention.tasks.tend_backups", "schedule": 300.0},
    "jobs.rescue": {"task": "jobs.tasks.rescue", "schedule": 15.0},
    "trail.partitions": {"task": "trail.tasks.make_partitions", "schedule": 86400.0},
    "trail.seal": {"task": "trail.tasks.seal", "schedule": 5.0},
    "trail.seal_everything": {"task": "trail.tasks.seal_everything", "schedule": crontab(hour=17, minute=30)},
    "audit.archive_due": {
        "task": "audit.tasks.tell_of_due_months",
        "schedule": crontab(day_of_month=2, hour=1, minute=0),
    },
    "custody.remind": {"task": "custody.tasks.remind", "schedule": crontab(day_of_week=1, hour=1, minute=30)},
    "trail.mail_checkpoint": {"task": "trail.tasks.mail_checkpoint", "schedule": 3600.0},
    "files.expire": {"task": "files.tasks.expire", "schedule": 300.0},
    "customers.sweep_labels": {"task": "customers.tasks.sweep_labels", "schedule": 86400.0},
    "staff.mail": {"task": "staff.tasks.mail_notifications", "schedule": 60.0},
    "files.take_in": {"task": "files.tasks.take_in", "schedule": 10.0},
    "retention.conclude": {"task": "retention.tasks.conclude", "schedule": 60.0},
    # The bytes of erased open values leave the database's files here; certificates name this day.
    "retention.rewrite": {
        "task": "retention.tasks.rewrite",
        "schedule": crontab(day_of_month=2, hour=18, minute=0),
    },
}
