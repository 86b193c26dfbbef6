"""Log lines name routes, types and places; never an address, a value or the text of an exception."""

import io
import json
import logging
import logging.config
from types import SimpleNamespace

import pytest

from custinfo import logs

CANARY = "13800138000"


@pytest.fixture
def lines() -> tuple[logging.Logger, io.StringIO]:
    said = io.StringIO()
    formatter = logs.configuration(for_machines=True)["formatters"]["lines"]
    handler = logging.StreamHandler(said)
    handler.setFormatter(
        formatter["()"](**{name: value for name, value in formatter.items() if name != "()"})
    )
    logger = logging.Logger("tested")
    logger.addHandler(handler)
    return logger, said


def test_keeps_the_text_of_exceptions_out(lines: tuple[logging.Logger, io.StringIO]) -> None:
    logger, said = lines
    try:
        raise ValueError(f"Failing row contains {CANARY}")
    except ValueError as error:
        logger.exception("the task failed: %s", error)
    line = json.loads(said.getvalue())
    assert CANARY not in said.getvalue()
    assert line["error"] == "ValueError"
    assert line["event"] == "the task failed: %s"
    assert "test_logs.py" in line["at"][0]


def test_writes_routes_instead_of_addresses(lines: tuple[logging.Logger, io.StringIO]) -> None:
    logger, said = lines
    request = SimpleNamespace(method="GET", resolver_match=SimpleNamespace(route="customers/<uuid:ref>/"))
    logger.error(
        "Internal Server Error: %s", f"/customers/{CANARY}/", extra={"request": request, "status_code": 500}
    )
    assert CANARY not in said.getvalue()
    assert json.loads(said.getvalue())["event"] == "500 GET customers/<uuid:ref>/"
