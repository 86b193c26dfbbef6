"""Only the doors and `transform` reach the clear text."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
INNER = {"vault.envelope", "vault.providers"}
CLEAR = {"clear", "unlock", "to_open"}


def test_reaches_the_clear_text_only_inside_the_vault():
    found = []
    for path in ROOT.glob("*/**/*.py"):
        package = path.relative_to(ROOT).parts[0]
        if package in {"vault", "tests", "bench", "node_modules"} or package.startswith("."):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                names = {alias.name for alias in node.names} - {"CannotOpen"}
                if (node.module in INNER and names) or (node.module.startswith("vault") and names & CLEAR):
                    found.append(f"{path}:{node.lineno}")
                if node.module == "vault" and names & {"envelope", "providers"}:
                    found.append(f"{path}:{node.lineno}")
            if isinstance(node, ast.Attribute) and node.attr == "to_open":
                found.append(f"{path}:{node.lineno}")
    assert found == []
