"""Processes that are killed, and processes that compute the same study side by side."""

import os
import random
import signal
import time

from vae.study import read_csv

KILLS = (  # jobs, and how they end: kill leaves the workers alone, killpg reaches them too
    (2, os.kill, signal.SIGKILL),
    (1, os.kill, signal.SIGKILL),
    (2, os.killpg, signal.SIGINT),
)


def starts_in(folder):
    """(process, its group) for every start of a run."""
    lines = [line for path in folder.rglob("starts.txt") for line in path.read_text().splitlines()]
    return [tuple(map(int, line.split())) for line in lines]


def wait_for_a_start_by(process, folder):
    """Wait until the process, or a worker of it, has begun a run; returns who."""
    while not (begun := [pid for pid, group in starts_in(folder) if group == process.pid]):
        assert process.poll() is None, process.stdout.read()
        time.sleep(0.01)
    return begun[0]


def finish(process):
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    return output


def test_a_study_killed_at_random_moments_has_the_same_table(start, tiny_study, undisturbed, tmp_path):
    rng = random.Random(0)
    for jobs, kill, number in KILLS:
        process = start("tiny_study.py", jobs)
        wait_for_a_start_by(process, tmp_path)
        time.sleep(rng.uniform(0, 0.2))
        assert process.poll() is None
        kill(process.pid, number)
        if number == signal.SIGINT:
            output, _ = process.communicate(timeout=30)
            assert "runs done" in output
            assert "the same command goes on from there" in output
        process.wait()
    process = start("tiny_study.py", 2)
    os.kill(wait_for_a_start_by(process, tmp_path), signal.SIGKILL)  # a worker, which is replaced
    finish(process)
    assert tiny_study.numbers(read_csv(tmp_path / "table.csv")) == undisturbed
    assert len(starts_in(tmp_path)) > len(undisturbed)


def test_two_processes_share_the_runs_of_one_study(start, tiny_study, undisturbed, tmp_path):
    processes = [start("tiny_study.py", 1) for _ in range(2)]
    for process in processes:
        finish(process)
    assert tiny_study.numbers(read_csv(tmp_path / "table.csv")) == undisturbed
    assert len(starts_in(tmp_path)) == len(undisturbed)
    assert {pid for pid, _ in starts_in(tmp_path)} == {process.pid for process in processes}
