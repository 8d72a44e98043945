"""Processes that are killed, and processes that compute the same study side by side."""

import os
import random
import signal
import time

from vae.study import read_csv

KILLS = (  # jobs, and what is killed: the process that was started, or its workers too
    (1, os.kill, signal.SIGKILL),
    (2, os.killpg, signal.SIGKILL),
    (2, os.kill, signal.SIGKILL),
    (1, os.kill, signal.SIGKILL),
    (2, os.killpg, signal.SIGINT),
)


def starts_in(folder):
    return [line for path in folder.rglob("starts.txt") for line in path.read_text().split()]


def wait_for_another_start(folder, process):
    before = len(starts_in(folder))
    while len(starts_in(folder)) == before:
        assert process.poll() is None, process.stdout.read()
        time.sleep(0.01)


def finish(process):
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    return output


def test_a_study_killed_at_random_moments_has_the_same_table(start, tiny_study, undisturbed, tmp_path):
    rng = random.Random(0)
    for jobs, kill, number in KILLS:
        process = start("tiny_study.py", jobs)
        wait_for_another_start(tmp_path, process)
        time.sleep(rng.uniform(0, 0.4))
        assert process.poll() is None
        kill(process.pid, number)
        if number == signal.SIGINT:
            output, _ = process.communicate(timeout=30)
            assert "runs done" in output
            assert "the same command goes on from there" in output
        process.wait()
    finish(start("tiny_study.py", 2))
    assert tiny_study.numbers(read_csv(tmp_path / "table.csv")) == undisturbed
    assert len(starts_in(tmp_path)) > len(undisturbed)


def test_two_processes_share_the_runs_of_one_study(start, tiny_study, undisturbed, tmp_path):
    processes = [start("tiny_study.py", 1) for _ in range(2)]
    for process in processes:
        finish(process)
    assert tiny_study.numbers(read_csv(tmp_path / "table.csv")) == undisturbed
    assert len(starts_in(tmp_path)) == len(undisturbed)
    assert set(starts_in(tmp_path)) == {str(process.pid) for process in processes}


def test_a_killed_worker_is_replaced(start, tiny_study, undisturbed, tmp_path):
    process = start("tiny_study.py", 2)
    wait_for_another_start(tmp_path, process)
    time.sleep(0.1)
    worker = int(starts_in(tmp_path)[-1])
    assert worker != process.pid
    os.kill(worker, signal.SIGKILL)
    finish(process)
    assert tiny_study.numbers(read_csv(tmp_path / "table.csv")) == undisturbed
