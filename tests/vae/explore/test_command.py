"""`python -m vae.explore`, as a user calls it."""

import numpy as np
import pytest

from vae.explore.__main__ import main


@pytest.fixture
def saved(make_model, bars, tmp_path):
    """A model of no known data set, and its images with factors in a file."""
    make_model().fit(bars).save(tmp_path / "model.npz")
    np.savez(tmp_path / "bars.npz", images=bars, factors=np.arange(len(bars))[:, None] % 48 // 6)
    return tmp_path


def test_it_writes_a_page_and_says_where(saved, capsys):
    main([f"{saved}/model.npz", "--data", f"{saved}/bars.npz", "--out", f"{saved}/page.html", "--weights", "float16"])
    assert "open it in a browser" in capsys.readouterr().out
    assert "float16" in (saved / "page.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["absent.npz"], "absent.npz"),
        (["bars.npz"], "not a bare-vae model"),
        (["model.npz"], "give yours with --data"),
        (["model.npz", "--data", "absent.npz"], "absent.npz"),
        (["model.npz", "--data", "model.npz"], "no array .images."),
        (["model.npz", "--data", "bars.npz", "--names", "a", "b"], "as many names"),
    ],
)
def test_mistakes_end_with_a_sentence(saved, monkeypatch, arguments, words):
    monkeypatch.chdir(saved)
    with pytest.raises(SystemExit, match=words) as stop:
        main(arguments)
    assert "\n" not in str(stop.value)
    assert not (saved / "explorer.html").exists()
