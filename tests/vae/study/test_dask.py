"""A study on a Dask cluster of worker processes."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from vae.study import Study, cluster, grid, read_csv


def measure(setting, folder):
    (folder / "computed.txt").touch()
    return {}


@pytest.fixture
def no_workers():
    """A cluster in this process, without workers."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=0, threads_per_worker=1, processes=False, dashboard_address=None) as empty:
        yield empty


def test_a_killed_worker_changes_nothing(start, tiny_study, undisturbed, tmp_path):
    pytest.importorskip("distributed")
    process = start("tiny_cluster.py")
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output
    assert tiny_study.numbers(read_csv(tmp_path / "table.csv")) == undisturbed
    starts = [path for path in tmp_path.rglob("starts.txt") if len(path.read_text().splitlines()) == 2]
    assert len(starts) == 1
    first, second = starts[0].read_text().splitlines()
    assert first != second
    epochs = [int(line) for line in (starts[0].parent / "epochs.txt").read_text().split()]
    assert epochs.count(1) == 1  # the second worker went on after the first one's last epoch
    assert set(epochs) == set(range(1, tiny_study.EPOCHS + 1))


def test_without_dask_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(RuntimeError, match=r"a scheduler needs Dask: pip install .*cluster"):
        Study(tmp_path, measure, grid(beta=1)).execute(scheduler="tcp://nowhere:8786")


@pytest.fixture
def waiting(no_workers, tmp_path, capsys, monkeypatch):
    """(study, future) of a study that waits for the workers of that cluster, and has said so."""
    monkeypatch.setattr(cluster, "PATIENCE", 0.05)
    study, address = Study(tmp_path, measure, grid(beta=[1, 2])), no_workers.scheduler_address
    with ThreadPoolExecutor() as executor:
        command = executor.submit(study.execute, scheduler=address)
        said = ""
        while f"waiting for workers: start some with `dask worker {address}" not in said and not command.done():
            time.sleep(0.05)
            said += capsys.readouterr().out
        yield study, command
        no_workers.close()  # ends the study too, whatever the test has found


def test_without_workers_it_says_so_once_and_waits(no_workers, waiting, capsys):
    study, command = waiting
    time.sleep(10 * cluster.PATIENCE)
    assert not command.done()
    no_workers.scale(1)
    assert [row["status"] for row in command.result(60)] == ["done", "done"]
    assert "waiting for workers" not in capsys.readouterr().out
    assert not list(study.folder.glob(".*"))  # nothing of ours is left beside the runs


def test_a_scheduler_that_goes_away_ends_the_study_in_a_sentence(no_workers, waiting):
    _, command = waiting
    no_workers.close()
    with pytest.raises(RuntimeError, match="the scheduler has gone: start it again, and the same command goes on"):
        command.result(60)


def provenance_of(revisions):
    revisions = iter(revisions)
    return lambda: {"revision": next(revisions)}


def test_a_worker_with_other_code_computes_nothing(no_workers, tmp_path, monkeypatch):
    study = Study(tmp_path, measure, grid(beta=1))
    no_workers.scale(1)
    monkeypatch.setattr(cluster, "provenance", provenance_of(["aaaaaaa", "bbbbbbb"]))  # here, and on the worker
    with pytest.raises(RuntimeError, match="revision bbbbbbb of this project, and this command aaaaaaa"):
        study.execute(scheduler=no_workers.scheduler_address)
    assert not list(tmp_path.rglob("computed.txt"))


def test_a_worker_with_another_disk_computes_nothing(no_workers, tmp_path, monkeypatch):
    study = Study(tmp_path, measure, grid(beta=1))
    no_workers.scale(1)
    elsewhere = SimpleNamespace(name=str(tmp_path / "written on our disk only"))
    monkeypatch.setattr(cluster.tempfile, "NamedTemporaryFile", lambda **_: nullcontext(elsewhere))
    with pytest.raises(FileNotFoundError, match=r"does not see what this .*: workers need the same file system"):
        study.execute(scheduler=no_workers.scheduler_address)
    assert not list(tmp_path.rglob("computed.txt"))


def test_uncommitted_changes_and_a_missing_git_are_not_compared_as_commits(monkeypatch):
    monkeypatch.setattr(cluster, "provenance", provenance_of(["aaaaaaa", "aaaaaaa+", None]))
    assert [cluster._commit() for _ in range(3)] == ["aaaaaaa", "aaaaaaa", "unknown"]
