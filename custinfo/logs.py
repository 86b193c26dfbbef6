"""Logs without customer values: routes instead of addresses, and of an exception its type and place, never its text.

A database error's text carries the row, a page's address carries a customer's `ref`, a task's error its arguments.
"""

import logging
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog


def without_values(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace what could hold a value: exception texts, formatted arguments, request addresses."""
    record: logging.LogRecord | None = event.get("_record")
    failure = event.pop("exc_info", None) or (record.exc_info if record else None)
    if isinstance(failure, tuple) and failure[0] is not None:
        # SECURITY: only the template of the message; its arguments repeat the exception's text.
        event["event"] = record.msg if record else event.get("event")
        event["error"] = failure[0].__name__
        event["at"] = [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(failure[2])
        ]
    request = getattr(record, "request", None)
    if request is not None:
        match = getattr(request, "resolver_match", None)
        status = getattr(record, "status_code", "")
        event["event"] = f"{status} {request.method} {match.route if match else '(no such page)'}"
    data = getattr(record, "data", None)  # Celery's description of a task
    if isinstance(data, dict) and "name" in data:
        event["task"], event["task_id"] = data["name"], data.get("id")
    return event


def configuration(*, for_machines: bool) -> dict[str, Any]:
    """Return Django's LOGGING: one line per event on stderr, JSON for machines."""
    before = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_values,
    ]
    last = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if for_machines
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": before,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
            "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
        },
    }
