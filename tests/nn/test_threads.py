"""Work shared out among threads is done once, whole, and leaves BLAS as it was."""

import os
import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from nn import threads


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
    monkeypatch.setattr(threads, "BLAS_SPINS", False)
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert threads.thread_count() == 3
    monkeypatch.setenv("OMP_NUM_THREADS", "many")
    assert threads.thread_count() >= 1


@pytest.mark.parametrize("rows", [1, 2, 7, 100])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_shares_cover_every_row_once(rows, count, monkeypatch):
    monkeypatch.setattr(threads, "thread_count", lambda: count)
    array, other = np.arange(3 * rows).reshape(rows, 3), np.arange(rows)
    shares = threads.shares_of(array, other, numbers=threads.WORTH_A_THREAD)
    assert len(shares) == min(rows, count)
    for k, whole in enumerate((array, other)):
        np.testing.assert_array_equal(np.concatenate([share[k] for share in shares]), whole)
    assert len(threads.shares_of(array, other, numbers=1)) == 1, "too little for a second thread"


def test_blas_takes_one_thread_meanwhile_and_all_of_them_again(monkeypatch):
    monkeypatch.setattr(threads, "thread_count", lambda: 2)
    before, meanwhile = blas_threads(), []
    threads.on_all_threads(lambda _: meanwhile.append(blas_threads()), [(1,), (2,)])
    assert meanwhile == [{1}, {1}]
    assert blas_threads() == before


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


def test_scratch_is_the_same_memory_again_but_another_for_each_purpose_and_thread():
    like = np.empty(1, np.float32)
    first = threads.scratch(like, (3, 5), "a")
    assert first.shape == (3, 5)
    assert first.dtype == np.float32
    assert np.shares_memory(first, threads.scratch(np.empty(1), (2, 2), "a"))
    assert not np.shares_memory(first, threads.scratch(like, (3, 5), "b"))
    others = []
    thread = threading.Thread(target=lambda: others.append(threads.scratch(like, (3, 5), "a")))
    thread.start()
    thread.join()
    assert not np.shares_memory(first, others[0])
