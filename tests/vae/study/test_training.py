"""Runs that train: they go on at their checkpoints, and name the code that made them."""

import json

import pytest

import vae
from vae.study import Study
from vae.study import attempt as attempt_module


def epochs_of(folder):
    return [int(line) for line in (folder / "epochs.txt").read_text().split()]


@pytest.fixture
def interrupt(tiny_study, monkeypatch):
    """Makes the log raise an error after an epoch: the checkpoint of the epoch before is the last."""

    def interrupt(epoch, error):
        original = tiny_study.Log.after_epoch

        def broken(log, state):
            original(log, state)
            if len(state.history["epoch"]) == epoch:
                monkeypatch.setattr(tiny_study.Log, "after_epoch", original)
                raise error

        monkeypatch.setattr(tiny_study.Log, "after_epoch", broken)

    return interrupt


def test_an_interrupted_run_goes_on_after_its_last_epoch(tiny_study, undisturbed, tmp_path, interrupt):
    study = tiny_study.study_in(tmp_path)
    interrupt(5, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        study.execute(jobs=1)
    run = study.runs[0]
    assert "interrupted: beta=0.5, learning_rate=0.01, random_state=0, epoch 4 of 12" in str(study.status())
    rows = study.execute(jobs=1)
    assert epochs_of(run.folder) == [1, 2, 3, 4, 5, *range(5, 13)]
    assert tiny_study.numbers(rows) == undisturbed
    assert vae.BetaVAE.load(run.folder / "model.npz").beta == 0.5
    assert not list(tmp_path.rglob("checkpoint.npz"))


def test_a_diverged_run_is_a_row(undisturbed):
    *done, diverged = undisturbed
    assert {row["status"] for row in done} == {"done"}
    assert diverged["status"] == "failed"
    assert diverged["error"].startswith("DivergenceError: training diverged")


def test_a_run_tried_again_goes_on_at_its_checkpoint(tiny_study, tmp_path, interrupt):
    study = Study(tmp_path, tiny_study.train, tiny_study.SETTINGS[:1])
    interrupt(5, OSError("disk full"))
    [row] = study.execute(jobs=1)
    assert row["error"] == "OSError: disk full"
    [row] = study.execute(jobs=1, retry=True)
    assert (row["status"], row["epochs"]) == ("done", 12)
    assert epochs_of(study.runs[0].folder) == [1, 2, 3, 4, 5, *range(5, 13)]
    assert not (study.runs[0].folder / "error.txt").exists()


def test_a_row_names_all_revisions_that_had_a_share_in_it(tiny_study, tmp_path, interrupt, monkeypatch):
    study = Study(tmp_path, tiny_study.train, tiny_study.SETTINGS[:2])
    interrupt(5, KeyboardInterrupt())
    monkeypatch.setattr(attempt_module, "provenance", lambda device: {"revision": "aaaaaaa"})
    with pytest.raises(KeyboardInterrupt):
        study.execute(jobs=1)
    monkeypatch.setattr(attempt_module, "provenance", lambda device: {"revision": "bbbbbbb+"})
    assert [row["revision"] for row in study.execute(jobs=1)] == ["aaaaaaa, bbbbbbb+", "bbbbbbb+"]
    noted = json.loads((study.runs[0].folder / "run.json").read_text())
    assert noted["function"] == "tiny_study.train"
    assert noted["setting"] == tiny_study.SETTINGS[0]
