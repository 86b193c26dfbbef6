"""A package imports and relates only downward, and no package stands outside the house."""

from django.apps import apps
from importlinter import api, cli

from tests.architecture.source import BASE_DIR, OUTSIDE_THE_HOUSE, rows


def test_imports_point_downward() -> None:
    api.read_configuration(str(BASE_DIR / "pyproject.toml"))
    assert cli.lint_imports(config_filename=str(BASE_DIR / "pyproject.toml"), no_cache=True) == 0


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
