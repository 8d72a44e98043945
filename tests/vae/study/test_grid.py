"""Settings, the keys of their folders, and mistakes in them."""

import numpy as np
import pytest

from vae.study import Study, grid


def train(setting, folder):
    return {}


def test_a_grid_has_every_combination_with_plain_numbers():
    settings = grid(network="dense", beta=np.array([0.5, 4]), seed=range(2)) + grid(network="conv", beta=[1], seed=0)
    assert settings == [
        {"network": "dense", "beta": 0.5, "seed": 0},
        {"network": "dense", "beta": 0.5, "seed": 1},
        {"network": "dense", "beta": 4.0, "seed": 0},
        {"network": "dense", "beta": 4.0, "seed": 1},
        {"network": "conv", "beta": 1, "seed": 0},
    ]
    assert {type(setting["beta"]) for setting in settings} == {float, int}


def test_a_folder_depends_on_the_setting_alone_and_stays_the_same_for_ever(tmp_path):
    study = Study(tmp_path, train, grid(beta=[0, 4], noise=None) + grid(beta=4.0) + grid(beta=0.5))
    assert len(study.runs) == 3
    assert study.folder_of({"beta": 4}) == study.folder_of({"beta": 4.0, "noise": None, "score": 3.0})
    assert study.folder_of({"beta": 4}) != study.folder_of({"beta": 0})
    with pytest.raises(KeyError, match="no run of this study has the setting"):
        study.folder_of({"beta": 5})
    # If this changes, nobody's finished runs are found again.
    assert study.folder_of({"beta": 0.5}).name == Study("elsewhere", train, [{"beta": 0.5}]).runs[0].folder.name


def test_another_function_has_other_folders(tmp_path):
    one, other = (Study(tmp_path, function, [{"beta": 1}]).runs[0].folder for function in (train, grid))
    assert one != other


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ([], ValueError, "at least one setting"),
        ([{}], TypeError, "a dict of names with numbers or texts"),
        ([{"beta": [1, 2]}], TypeError, r"setting 'beta' is list \[1, 2\]: expected a number or a text"),
        ([{"beta": 1, "seconds": 3}], ValueError, "cannot be called seconds: the table has a column of that name"),
        ([{"beta": float("nan")}], ValueError, "setting 'beta' is nan: expected a finite number"),
    ],
)
def test_unusable_settings_are_refused(tmp_path, settings, error, words):
    with pytest.raises(error, match=words):
        Study(tmp_path, train, settings)
    assert not list(tmp_path.iterdir())


def test_a_function_without_a_name_is_refused(tmp_path):
    with pytest.raises(TypeError, match="at the top level of a module"):
        Study(tmp_path, lambda setting, folder: {}, [{"beta": 1}])
