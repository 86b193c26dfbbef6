"""Whoever writes a customer's sealed document tells the trail its digest, made in one place."""

import ast

from tests.architecture.source import Module, modules, nodes

HELPERS = {"customers.relabel.moving", "customers.writing"}
"""They put values into rows for the acts that call them; `tests/customers/test_verification.py` runs those acts."""
WRITING = {"store", "insert", "insert_as_made", "update", "copy_customers", "bulk_create"}


def _writes_documents(module: Module) -> bool:
    """Whether a module gives rows of customers a sealed document, or hands such rows on to be stored."""
    for node in nodes(module):
        if isinstance(node, ast.Assign) and any(_is_sealed(target) for target in node.targets):
            return True
        if isinstance(node, ast.Call) and _stores(node.func):
            return True
    return False


def _is_sealed(target: ast.expr) -> bool:
    return isinstance(target, ast.Attribute) and target.attr == "sealed"


def _stores(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id in {"NewCustomer", "store", "merge"}
    return (
        isinstance(function, ast.Attribute)
        and function.attr in WRITING
        and isinstance(function.value, ast.Name)
        and function.value.id == "bulk"
    )


def _imports(module: Module) -> set[str]:
    return {node.module or "" for node in nodes(module) if isinstance(node, ast.ImportFrom)}


def writers() -> dict[str, Module]:
    apps = {"customers", "access", "custinfo"}
    found = {module.name: module for module in modules() if module.app in apps}
    return {name: module for name, module in found.items() if _writes_documents(module)}


def test_every_writer_tells_the_digest() -> None:
    silent = {name for name, module in writers().items() if "customers.digests" not in _imports(module)}
    assert silent == HELPERS


def test_nobody_makes_another_exposure_of_a_written_customer() -> None:
    others = {
        module.name
        for module in modules()
        if module.app in {"customers", "custinfo"}
        for node in nodes(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Exposed"
        and any(isinstance(one, ast.Name) and one.id == "WRITTEN" for one in ast.walk(node))
    }
    # Carrying tells again, of a month that leaves the trail, what was told before: it makes no digest.
    assert others == {"customers.digests", "customers.verification.carrying"}


def test_there_are_writers_to_look_at() -> None:
    assert len(writers()) >= 6
