"""Every act is told who acts and when (`by`, `at`), and nothing below the edge reads a clock."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.source import Module, modules, nodes

SERVICES = re.compile(r"\w+\.services(\.\w+)?")
WRITES = {"record", "save", "create", "bulk_create", "update", "delete", "get_or_create", "update_or_create"}
FOR_ITS_OWNER = {
    "jobs.services.claim",
    "jobs.services.progress",
    "jobs.services.finish",
    "jobs.services.let_go",
    "jobs.services.wait",
}
"""A worker moves a job along for the person who started it, whose number the row carries."""
PARTS = {
    "classification.services.install_shipped",  # what a migration puts in
    "files.services.hand_on",  # part of the act that starts the next job
    "restricted.services.sessions.go_on",  # asked by each request; what it ends, it ends in the person's own name
    "staff.services.factors.check_code",  # a question; it forgets wrong tries
    "staff.services.notifications.mark_read",
    "staff.services.notifications.notify",  # part of the act that it tells of
}
"""What writes without being an act: no event of its own, so nobody to name in it."""

EDGE = re.compile(
    r"custinfo(\..+)?|desk(\..+)?|staff\.demo|\w+\.(tasks|middleware|admin|adapters|sessions)"
    r"|\w+\.management\.commands\.\w+|kinds\.\w+|vault\.keyring|trail\.standalone\.witness"
)
CLOCKS = {
    ("timezone", "now"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("time", "time"),
}


def acts() -> Iterator[tuple[str, ast.FunctionDef]]:
    for module in modules():
        if SERVICES.fullmatch(module.name) and module.app not in {"trail", "desk", "custinfo"}:
            for node in module.tree.body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and _writes(node):
                    yield f"{module.name}.{node.name}", node


def _writes(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Attribute) and node.func.attr in WRITES)
            or (isinstance(node.func, ast.Name) and node.func.id in WRITES)
        )
        for node in ast.walk(function)
    )


def test_every_act_is_told_by_whom_and_when() -> None:
    bare = {
        name
        for name, function in acts()
        if not {"by", "at"} <= {argument.arg for argument in function.args.kwonlyargs}
    }
    assert bare - FOR_ITS_OWNER - PARTS == set()


def test_there_are_acts_to_look_at() -> None:
    assert len(list(acts())) > 10


def test_nothing_below_the_edge_reads_a_clock() -> None:
    assert {
        name for module in modules() if not EDGE.fullmatch(module.name) for name in _clocks(module)
    } == set()


def _clocks(module: Module) -> set[str]:
    return {
        f"{module.name}: {node.value.id}.{node.attr}"
        for node in nodes(module)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in CLOCKS
    }
