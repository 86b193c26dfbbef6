"""The project's own modules as syntax trees, and the rows of the house."""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

BASE_DIR = Path(__file__).resolve().parents[2]
OUTSIDE_THE_HOUSE = {"tests", "bench"}
"""Packages that ship nothing: they may reach in anywhere, and nothing may reach them."""


class Module(NamedTuple):
    name: str
    path: Path
    tree: ast.Module

    @property
    def app(self) -> str:
        return self.name.split(".", 1)[0]


@cache
def rows() -> dict[str, int]:
    """Return package → row, the roof being 0, from import-linter's own contract."""
    contracts = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    return {name.strip(): row for row, names in enumerate(layers) for name in names.split("|")}


@cache
def modules() -> tuple[Module, ...]:
    """Return every module of the house, migrations left out."""
    return tuple(_read())


def _read() -> Iterator[Module]:
    for package in rows():
        for path in sorted((BASE_DIR / package).rglob("*.py")):
            parts = path.relative_to(BASE_DIR).with_suffix("").parts
            if "migrations" not in parts:
                name = ".".join(parts).removesuffix(".__init__")
                yield Module(name, path, ast.parse(path.read_text(encoding="utf-8")))


@cache
def nodes(module: Module) -> tuple[ast.AST, ...]:
    """Return everything in a module's tree, in no particular order."""
    return tuple(ast.walk(module.tree))


@cache
def mentions(module: Module) -> set[str]:
    """Return every name that a module imports, reads or reaches as an attribute."""
    found: set[str] = set()
    for node in nodes(module):
        if isinstance(node, ast.ImportFrom):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {part for alias in node.names for part in alias.name.split(".")}
        elif isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
    return found


@cache
def imports(module: Module) -> set[str]:
    """Return the dotted names that a module imports."""
    found: set[str] = set()
    for node in nodes(module):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def imports_at_run_time(module: Module) -> set[str]:
    """Return the top packages that a module imports outside `if TYPE_CHECKING`."""
    for_types = {
        id(inner)
        for node in nodes(module)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    found: set[str] = set()
    for node in nodes(module):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".", 1)[0])
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".", 1)[0] for alias in node.names}
    return found
