"""A study on a Dask cluster of worker processes."""

import sys

import pytest

from vae.study import Study, grid, read_csv


def measure(setting, folder):
    return {}


def test_a_killed_worker_changes_nothing(start, tiny_study, undisturbed, tmp_path):
    pytest.importorskip("distributed")
    process = start("tiny_cluster.py")
    output, _ = process.communicate(timeout=120)
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
