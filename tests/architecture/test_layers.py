"""A package imports and relates only downward, and no package stands outside the house."""

import logging
import re
from importlib.metadata import packages_distributions

from django.apps import apps
from importlinter import api
from importlinter.application import use_cases

from tests.architecture.source import BASE_DIR, OUTSIDE_THE_HOUSE, imports_at_run_time, modules, rows


def test_imports_point_downward() -> None:
    configuration = str(BASE_DIR / "pyproject.toml")
    assert api.read_configuration(configuration)["contracts_options"]
    # Not `cli.lint_imports`: it configures logging anew, and every logger of ours is silent from then on, so that
    # whatever looks for a line, or for a value that must not be in one, would look at nothing.
    assert use_cases.lint_imports(configuration, cache_dir=None)
    assert not logging.getLogger("jobs.services").disabled


def test_relations_point_downward() -> None:
    upward = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label in rows()
        for field in model._meta.get_fields()
        if field.is_relation
        and not field.auto_created
        and field.related_model is not None
        and not isinstance(field.related_model, str)
        and _is_upward(model._meta.app_label, field.related_model._meta.app_label)
    ]
    assert upward == []


def _is_upward(label: str, other: str) -> bool:
    return label != other and other in rows() and rows()[other] <= rows()[label]


def test_every_installed_app_of_ours_is_in_the_layers() -> None:
    ours = {config.label for config in apps.get_app_configs() if config.path.startswith(f"{BASE_DIR}/")}
    ours -= {config.label for config in apps.get_app_configs() if ".venv" in config.path}
    assert ours
    assert ours <= set(rows())


def test_every_package_of_the_project_is_in_the_layers() -> None:
    packages = {path.parent.name for path in BASE_DIR.glob("*/__init__.py")}
    assert packages - OUTSIDE_THE_HOUSE == set(rows())


def test_relations_stay_inside_one_database() -> None:
    from custinfo.routers import ByApp

    router = ByApp()
    for model in apps.get_models():
        for field in model._meta.get_fields():
            target = field.related_model
            if field.is_relation and not field.auto_created and isinstance(target, type):
                assert router.db_for_read(model) == router.db_for_read(target), (
                    f"{model._meta.label}.{field.name}"
                )


def test_imports_only_what_the_runtime_lock_installs() -> None:
    """`make demo` and production install requirements.lock alone; tests have more and would not notice."""
    locked = {_plain(line.split("==", 1)[0]) for line in _lock() if "==" in line and not line.startswith(" ")}
    owners = packages_distributions()
    foreign = {
        f"{module.name} imports {name}"
        for module in modules()
        for name in imports_at_run_time(module)
        if name in owners and not locked & {_plain(owner) for owner in owners[name]}
    }
    assert foreign == set()


def _lock() -> list[str]:
    return (BASE_DIR / "requirements.lock").read_text().splitlines()


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.split("[", 1)[0]).lower()
