"""One door to clear values, one module that touches a customer's documents (laws 1 and 2)."""

import ast
import re

import pytest

from tests.architecture.source import Module, imports, mentions, modules, nodes

DOORS = {
    "open_clear": r"access\.services\.(reveal|export|deliver)",
    "open_file": r"files\..+",
    "open_text": r"files\..+",
    "open_login": r"staff\..+|restricted\.factors",
    # L4: on the restricted host, against a receipt
    "open_apart": r"restricted\.sealed",
    "open_apart_text": r"restricted\.sealed",
    # the one function of vault.transform that gives a clear value, and the approval that it wants
    "open_relabelled": r"customers\.relabel\.moving",
    "Approval": r"customers\.relabel\.(moving|run)|vault\.transform",
    # to L4: nobody of the main site opens what it gives back
    "deposit_sealed": r"files\.apart",
    "ApartApproval": r"customers\.relabel\.(handing|run)|files\.apart",
    "open_deposit": r"files\.deposits|restricted\.services\.intake",
}
INSIDE_VAULT = {"vault.envelope", "vault.providers"}
CARD = r"customers(\..+)?|access\.queries\.cards|custinfo\.demo\.\w+"
"""Who touches documents. The demo's records are written before there is anybody to decide for."""


def uses(name: str) -> set[str]:
    doors = {"vault.opening", "vault.deposit", "vault.transform", "vault.apart"}
    return {module.name for module in modules() if name in mentions(module) and module.name not in doors}


@pytest.mark.parametrize(("door", "who"), DOORS.items())
def test_a_door_is_used_by_its_own_people_only(door: str, who: str) -> None:
    found = uses(door)
    assert found, f"nobody uses {door}: the test would not see a second door"
    assert {name for name in found if not re.fullmatch(who, name)} == set()


UNSTAMPED = {
    # files that this product made, with their watermark inside
    "access.services.export",
    "access.services.masked",
    "audit.services.radius",
    # read by the act itself, handed to nobody
    "access.services.originals",
    "customers.imports.source",
}


def test_what_strangers_brought_is_handed_out_stamped_only() -> None:
    """Whoever hands a file to a person goes through `files.showing`."""
    readers = {module.name for module in modules() if "read_file" in mentions(module)}
    assert readers - {"desk.public.views.links"} == UNSTAMPED | {"files.showing"}


def test_nobody_takes_all_of_opening() -> None:
    """`from vault import opening` or a star would hide which door is meant."""
    whole = {"vault.opening.*"} | {"vault.opening"}
    takers = {
        module.name
        for module in modules()
        for node in nodes(module)
        if (isinstance(node, ast.ImportFrom) and node.module == "vault" and _names(node) & {"opening"})
        or (isinstance(node, ast.Import) and _names(node) & whole)
        or (isinstance(node, ast.ImportFrom) and node.module == "vault.opening" and "*" in _names(node))
    }
    assert {name for name in takers if not name.startswith("vault")} == set()


def _names(node: ast.Import | ast.ImportFrom) -> set[str]:
    return {alias.name for alias in node.names}


def test_nobody_reaches_behind_the_doors() -> None:
    behind = {
        f"{module.name} imports {found}"
        for module in modules()
        if module.app != "vault"
        for found in imports(module)
        if any(found == inner or found.startswith(f"{inner}.") for inner in INSIDE_VAULT)
    }
    assert {found for found in behind if not found.endswith("vault.envelope.CannotOpen")} == set()


def touches_documents(module: Module) -> set[str]:
    """Return the accesses that could only be a customer's documents: an uncalled `.open`, `.sealed[…]`, `.origins`."""
    called = {id(node.func) for node in nodes(module) if isinstance(node, ast.Call)}
    customers = ("customer", "customers", "found", "record", "row", "Customer")
    return {
        f"{node.value.id}.{node.attr}"
        for node in nodes(module)
        if isinstance(node, ast.Attribute)
        and node.attr in {"open", "sealed", "origins"}
        and isinstance(node.value, ast.Name)
        and node.value.id in customers
        and id(node) not in called
    }


def test_only_cards_touch_documents() -> None:
    others = {
        f"{module.name}: {sorted(found)}"
        for module in modules()
        if not re.fullmatch(CARD, module.name) and (found := touches_documents(module))
    }
    assert others == set()


def test_cards_do_touch_documents() -> None:
    (cards,) = [module for module in modules() if module.name == "access.queries.cards"]
    assert touches_documents(cards), "the look for documents no longer finds them where they are"
