"""Work shared out among threads is done once, whole, and leaves BLAS as it was."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from nn.fast import threads


def blas_threads():
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


@pytest.mark.parametrize("count", [1, 2, 5])
def test_on_all_threads_does_every_block_once(count, monkeypatch):
    monkeypatch.setattr(threads, "thread_count", lambda: count)
    array = np.zeros(1000)

    def add_one(block):
        block += 1

    threads.on_all_threads(add_one, [(array[start : start + 7],) for start in range(0, 1000, 7)])
    np.testing.assert_array_equal(array, 1)


def test_an_error_in_a_thread_comes_out(monkeypatch):
    monkeypatch.setattr(threads, "thread_count", lambda: 2)
    with pytest.raises(ZeroDivisionError):
        threads.on_all_threads(lambda block: 1 / 0, [(1,), (2,)])


def test_the_number_of_threads_follows_the_environment(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert threads.thread_count() == 3
    monkeypatch.setenv("OMP_NUM_THREADS", "many")
    assert threads.thread_count() >= 1


def test_blas_takes_one_thread_meanwhile_and_all_of_them_again(monkeypatch):
    monkeypatch.setattr(threads, "thread_count", lambda: 2)
    meanwhile = []
    with threadpool_limits(2, "blas"):  # whatever OMP_NUM_THREADS says
        threads.on_all_threads(lambda _: meanwhile.append(blas_threads()), [(1,), (2,)])
        assert meanwhile == [{1}, {1}]
        assert blas_threads() == {2}


def test_whoever_comes_while_all_threads_are_at_work_works_alone(monkeypatch):
    """Else two callers would restore each other's settings of BLAS, and a call inside of a call could wait forever."""
    monkeypatch.setattr(threads, "thread_count", lambda: 2)
    names = []

    def outer(_):
        threads.on_all_threads(lambda _: names.append(threading.current_thread().name), [(1,), (2,), (3,)])

    before = blas_threads()
    threads.on_all_threads(outer, [(1,), (2,)])
    assert len(names) == 6
    assert blas_threads() == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_process_starts_threads_of_its_own(monkeypatch):
    monkeypatch.setattr(threads, "thread_count", lambda: 2)
    done = np.zeros(4)

    def write(k):
        done[k] = 1

    def work():
        threads.on_all_threads(write, [(k,) for k in range(4)])

    work()
    with threads._cores:  # as if another thread were at work when the process forks
        child = os.fork()
    if child == 0:
        done[:] = 0
        work()
        free = threads._cores.acquire(blocking=False)
        os._exit(0 if done.all() and free else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_slow_threads_are_told_of_where_they_are(monkeypatch):
    monkeypatch.setattr(threads, "thread_count", lambda: 2)
    monkeypatch.setattr(threads, "BLAS_SPINS", True)
    assert "import nn first" in threads.why_slow()
    monkeypatch.setattr(threads, "thread_count", lambda: 1)
    assert threads.why_slow() is None
    monkeypatch.setattr(threads, "thread_count", lambda: 2)
    monkeypatch.setattr(threads, "BLAS_SPINS", False)
    assert threads.why_slow() is None


@pytest.mark.parametrize(
    ("imports", "timeout", "slow"),
    [
        ("import nn, numpy", None, False),
        ("import numpy, nn", None, True),
        ("import numpy, nn", "20", False),
    ],
)
def test_numpy_before_nn_is_noticed(imports, timeout, slow):
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_THREAD_TIMEOUT"}
    environment |= {"OMP_NUM_THREADS": "2"} | ({"OPENBLAS_THREAD_TIMEOUT": timeout} if timeout else {})
    script = f"{imports}; print(nn.threads.why_slow() is not None)"
    run = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert run.stdout == f"{slow}\n"
