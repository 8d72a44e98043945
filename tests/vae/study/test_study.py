"""Executing a study in this process: what is computed, what is not, and what goes wrong."""

import os
import re
import threading

import pytest
from threadpoolctl import threadpool_info

import nn
from vae.study import Study, grid
from vae.study import study as study_module
from vae.study.status import duration

computed = []  # settings, in the order in which runs were computed


@pytest.fixture(autouse=True)
def nothing_computed():
    computed.clear()


def measure(setting, folder):
    computed.append(setting)
    if setting["beta"] < 0:
        raise ArithmeticError("the objective\nis nan")
    (folder / "product.txt").write_text(str(setting["beta"]))
    return {"score": 10 * setting["beta"], "unit": "nats"}


def test_the_table_has_settings_numbers_and_where_they_come_from(tmp_path):
    study = Study(tmp_path / "new" / "runs", measure, grid(beta=[1, 2.5], random_state=0))
    rows = study.execute(jobs=1)
    assert rows == study.table
    assert [(row["beta"], row["random_state"], row["score"], row["unit"]) for row in rows] == [
        (1, 0, 10, "nats"), (2.5, 0, 25, "nats"),
    ]  # fmt: skip
    for row in rows:
        assert (row["status"], row["error"]) == ("done", None)
        assert 0 <= row["seconds"] < 60
        assert re.fullmatch(r".+, \d+ cores", row["machine"])
        assert re.fullmatch(r"[0-9a-f]{7,}\+?", row["revision"] or "0000000")
        assert row["numpy"].count(".") == 2
    assert (study.folder_of(rows[1]) / "product.txt").read_text() == "2.5"


def test_what_is_finished_is_not_computed_again(tmp_path):
    first = Study(tmp_path, measure, grid(beta=[1, 2])).execute(jobs=1)
    study = Study(tmp_path, measure, grid(beta=[3, 2, 1]))
    assert study.table == first[::-1]
    rows = study.execute(jobs=1)
    assert computed == [{"beta": 1}, {"beta": 2}, {"beta": 3}]
    assert rows[1:] == first[::-1]


def test_the_folder_stays_where_it_was_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    study = Study("runs", measure, grid(beta=1))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")  # as workers on other machines do, who get the runs and their folders from us
    assert len(study.execute(jobs=1)) == 1
    assert list(study.runs[0].folder.parent.iterdir()) == list((tmp_path / "runs").iterdir())
    assert not (tmp_path / "elsewhere" / "runs").exists()


def test_a_failed_run_is_a_row_and_is_tried_again_only_if_asked(tmp_path, capsys):
    study = Study(tmp_path, measure, grid(beta=[-1, 2]))
    failed, done = study.execute(jobs=1)
    assert (failed["status"], failed["error"]) == ("failed", "ArithmeticError: the objective is nan")
    assert failed["score"] is None
    assert (done["status"], done["score"]) == ("done", 20)
    assert "failed: beta=-1: ArithmeticError: the objective is nan" in capsys.readouterr().out
    assert "raise ArithmeticError" in (study.folder_of(failed) / "error.txt").read_text()
    assert "1 of 2 runs done, 1 failed" in str(study.status())
    assert study.execute(jobs=1) == [failed, done]
    assert len(computed) == 2
    study.execute(jobs=1, retry=True)
    assert computed[2:] == [{"beta": -1}]


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        (3, "TypeError: a study's function returns a dict of names with numbers or texts, got 3"),
        ({"score": [1]}, "TypeError: the function's 'score' is list [1]: expected a number or a text"),
        ({"seconds": 1}, "ValueError: the function returned seconds: the table has a column of that name already"),
        ({"beta": 1}, "ValueError: the function returned beta: the table has a column of that name already"),
    ],
)
def test_numbers_that_fit_into_no_table_are_named(tmp_path, monkeypatch, numbers, words):
    monkeypatch.setitem(returned, "numbers", numbers)
    [row] = Study(tmp_path, give_back, [{"beta": 1}]).execute(jobs=1)
    assert row["error"] == words


returned = {}


def give_back(setting, folder):
    return returned["numbers"]


def test_unusable_settings_and_folders_are_found_before_any_work(tmp_path):
    def check(setting):
        if setting["beta"] < 0:
            raise ValueError("beta must be at least 0")

    with pytest.raises(ValueError, match="beta must be at least 0"):
        Study(tmp_path / "runs", measure, grid(beta=[1, -1]), check).execute(jobs=1)
    with pytest.raises(OSError, match="cannot write into the folder"):
        Study(__file__, measure, grid(beta=1)).execute(jobs=1)
    assert computed == []
    assert not (tmp_path / "runs").exists()


def test_a_damaged_row_is_named(tmp_path):
    study = Study(tmp_path, measure, grid(beta=1))
    study.execute(jobs=1)
    (study.runs[0].folder / "row.json").write_text("{")
    with pytest.raises(ValueError, match=r"row\.json is damaged .*: delete it, and the run is computed anew"):
        study.execute(jobs=1)


def test_a_run_that_another_process_computes_is_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr(study_module, "PAUSE", 0.05)
    study = Study(tmp_path, measure, grid(beta=[1, 2]))
    other = study.runs[0]
    with other.claim() as claimed:
        assert claimed
        assert study.status().running == [other]
        ours = threading.Thread(target=study.execute, args=(1,))
        ours.start()
        while study.runs[1].row() is None:
            ours.join(0.01)
        assert ours.is_alive()
        other.finish({"score": 5, "status": "done", "seconds": 1.0})
    ours.join()
    assert computed == [{"beta": 2}]
    assert [row["score"] for row in study.table] == [5, 20]


def test_the_status_shows_every_state_and_the_time_left(tmp_path):
    study = Study(tmp_path, measure, grid(network=["dense", "conv"], beta=[1, 2, -1]))
    assert str(study.status()) == "0 of 6 runs done, 6 waiting"
    for run, seconds in zip(study.runs, (100, 200, 300), strict=False):
        run.folder.mkdir()
        run.finish({"status": "failed" if seconds == 300 else "done", "error": "no luck", "seconds": seconds})
    study.runs[4].folder.mkdir()
    with study.runs[3].claim():
        status = study.status()
    # A convolutional run of beta 1 is most like the dense one of beta 1, and so on; -1 is like any: 100 + 200 + 150 s.
    assert status.seconds_left == 450
    assert str(status).splitlines() == [
        "2 of 6 runs done, 1 failed, 1 running, 2 waiting, about 8 min left",
        "  running: network=conv, beta=1",
        "  failed: network=dense, beta=-1: no luck",
    ]


def test_durations_are_words():
    words = {0.4: "0 s", 99: "99 s", 700: "12 min", 3600: "1 h 0 min", 11_100: "3 h 5 min"}
    assert {seconds: duration(seconds) for seconds in words} == words


def threads(setting, folder):
    blas = [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]
    return {"ours": nn.fast.threads.thread_count(), "blas": max(blas, default=1)}


def test_a_run_has_one_thread(tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    [row] = Study(tmp_path, threads, [{"beta": 1}]).execute(jobs=1)
    assert (row["ours"], row["blas"]) == (1, 1)
    assert os.environ["OMP_NUM_THREADS"] == "2"


def interrupted(setting, folder):
    raise KeyboardInterrupt


def test_after_an_interruption_it_says_how_to_go_on(tmp_path):
    with pytest.raises(KeyboardInterrupt, match="0 of 2 runs done, 2 waiting; the same command goes on from there"):
        Study(tmp_path, interrupted, grid(beta=[1, 2])).execute(jobs=1)
