"""python -m datasets"""

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import datasets.__main__ as command
from datasets import files
from datasets.contact_sheet import contact_sheet


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DATASETS_HOME", str(tmp_path))
    monkeypatch.setattr(files, "download", lambda file: (_ for _ in ()).throw(FileNotFoundError(f"no {file.name}")))
    return tmp_path


def test_list_says_what_is_here(home, capsys):
    (home / "frey_rawface.mat").write_bytes(b"")
    command.main(["list"])
    output = capsys.readouterr().out
    assert f"data folder: {home}" in output
    assert str(home / "frey_rawface.mat") in output
    assert "not here: train_32x32.mat" in output
    assert all(name in output for name in command.ENTRIES)


def test_fetch_and_show_end_with_one_clear_line(home):
    for arguments in (["fetch", "svhn"], ["show", "frey", "--output", str(home / "frey.png")]):
        with pytest.raises(SystemExit, match=r"^datasets: no "):
            command.main(arguments)
    assert list(home.iterdir()) == []
    with pytest.raises(SystemExit) as caught:
        command.main(["fetch", "nothing"])
    assert caught.value.code == 2


def test_show_draws_frey_faces(home, capsys):
    frames = np.random.default_rng(0).integers(256, size=(100, 28, 20), dtype=np.uint8)
    np.savez(home / "frey_faces_1965x28x20.npz", images=frames)
    command.main(["show", "frey", "--output", str(home / "frey.png")])
    assert capsys.readouterr().out.strip() == str(home / "frey.png")
    with Image.open(home / "frey.png") as image:
        assert image.size == (110 + 12 * 43, 3 + 8 * 59)


def test_the_contact_sheet_shows_the_images():
    images = np.zeros((2, 56, 56, 3), np.uint8)
    images[1] = (10, 20, 30)
    pixels = np.asarray(contact_sheet({"one": images, "two": images[:1]}))
    np.testing.assert_array_equal(pixels[3:59, 110 + 59 : 110 + 115], images[1])
    assert pixels[62:118, 110 + 59 :].min() == 255  # the second row has one image


def test_importing_is_cheap():
    code = "import sys, datasets; sys.exit(any(name in sys.modules for name in ('scipy', 'pooch', 'matplotlib')))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
