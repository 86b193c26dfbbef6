"""Pieces worked on ahead, in forks: in order, whatever becomes of the forks."""

import os
import signal
import time

import pytest

from customers.imports.ahead import ahead


def double(number: int) -> tuple[int, int]:
    return 2 * number, os.getpid()


@pytest.mark.parametrize("helpers", [0, 1, 3])
@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_gives_every_result_in_order(helpers, count):
    found = list(ahead(range(count), double, helpers=helpers))
    assert [number for number, _ in found] == [2 * number for number in range(count)]
    assert all((pid == os.getpid()) == (helpers == 0) for _, pid in found)


def test_works_on_where_a_helper_was_killed():
    found = ahead(range(5), double, helpers=1)
    first = next(found)
    os.kill(first[1], signal.SIGKILL)
    assert [first[0], *(number for number, _ in found)] == [0, 2, 4, 6, 8]


def test_raises_what_the_work_raises_here_and_not_in_the_helper():
    def refuse(number: int) -> int:
        raise LookupError(os.getpid())

    with pytest.raises(LookupError) as raised:
        list(ahead([1], refuse, helpers=1))
    assert raised.value.args == (os.getpid(),)


def test_leaves_no_helper_behind_when_it_is_left_early():
    found = ahead(range(9), double, helpers=2)
    _, pid = next(found)
    found.close()
    assert not os.path.exists(f"/proc/{pid}")


def test_a_helper_ends_with_the_process_that_forked_it():
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        found = ahead(range(9), double, helpers=2)
        for _ in range(2):
            os.write(write, f"{next(found)[1]} ".encode())
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)
    helpers = os.read(read, 100).split()
    os.close(read), os.close(write)
    assert len(set(helpers)) == 2
    deadline = time.monotonic() + 10
    while any(os.path.exists(f"/proc/{int(one)}") and _alive(int(one)) for one in helpers):
        assert time.monotonic() < deadline


def _alive(pid: int) -> bool:
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rsplit(")", 1)[1].split()[0] not in "ZX"
