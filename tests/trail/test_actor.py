import pytest

from trail.actor import Actor


def test_system_acts_in_the_name_of_its_task():
    actor = Actor.system("trail.partitions")
    assert (actor.id, actor.name, actor.mode, actor.roles) == (
        None,
        "trail.partitions",
        "system",
        frozenset(),
    )


def test_refuses_an_unknown_mode():
    with pytest.raises(ValueError, match="no mode"):
        Actor(id=None, number="", name="", mode="root")
