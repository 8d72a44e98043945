"""The page as a file: what is in it, how large it is, and what it cannot be made of."""

import json
import re

import numpy as np
import pytest

import datasets
import nn
import vae
from vae.explore import page, write
from vae.specification import Dense, Output


@pytest.fixture
def factors():
    """Row and column of the bars."""
    return np.tile(np.stack(np.unravel_index(np.arange(48), (8, 6)), axis=1), (4, 1))


@pytest.fixture
def known_bars(bars, factors):
    return datasets.FactorDataset(bars, factors, ("x", "</script>"))


def content(path):
    text = re.search(r'<script type="application/json" id="content">(.*?)</script>', path.read_text("utf-8"))[1]
    return json.loads(text)


def test_a_page_is_one_file_that_asks_for_nothing(make_model, bars, known_bars, tmp_path):
    path = tmp_path / "explorer.html"
    write(path, make_model().fit(bars), known_bars)
    text = path.read_text("utf-8")
    assert "default-src 'none'" in text
    assert not re.search(r"""(src|href|url)\s*[=(]\s*["']?(https?:|//)""", text)
    assert "<!-- scripts -->" not in text
    assert "class Dense" in text  # to be read in the source
    assert content(path)["captions"][0] == "horizontal 0, </script> 0"
    assert list(tmp_path.iterdir()) == [path]


def test_it_knows_what_the_latents_carry(make_model, bars, known_bars, tmp_path):
    path, model = tmp_path / "explorer.html", make_model(max_epochs=40, beta=1).fit(bars)
    write(path, model, known_bars)
    (known,) = content(path)["models"]
    mean, log_variance = model.encode(bars)
    for j, latent in enumerate(known["latents"]):
        assert latent["kl"] == pytest.approx(vae.evaluation.measures.kl_per_latent(mean, log_variance)[j], rel=1e-5)
        assert latent["active"] == (latent["kl"] >= 0.1)
    assert {latent["factor"] for latent in known["latents"]} & {"horizontal", "</script>"}
    assert len(known["codes"]["mean"]) == len(content(path)["captions"]) == 60
    assert known["encoder"] is not None


def test_models_side_by_side(make_model, bars, tmp_path):
    path = tmp_path / "explorer.html"
    models = [make_model(beta=beta, latent_dim=latents).fit(bars) for beta, latents in ((0, 3), (4, 2))]
    write(path, models, bars, encoder=False)
    assert [model["name"] for model in content(path)["models"]] == ["β = 0", "β = 4"]
    assert [model["encoder"] for model in content(path)["models"]] == [None, None]
    assert path.read_text("utf-8").count('id="pack-') == 3


def test_a_model_whose_beta_fell_is_called_after_its_last_one(make_model, bars, tmp_path):
    path = tmp_path / "explorer.html"
    write(path, make_model(max_epochs=2, beta=nn.schedules.Linear(8, 2, steps=3)).fit(bars), bars)
    (known,) = content(path)["models"]
    assert known["name"] == "β = 2"
    assert known["beta"].startswith("beta = 2 ")


@pytest.mark.parametrize(
    ("architecture", "latents", "shape", "limit", "encodes"),
    [("shapes-dense", 10, (64, 64, 1), 12e6, False), ("mnist-dense", 16, (28, 28, 1), 3e6, True)],
)
def test_the_papers_pages_are_small(architecture, latents, shape, limit, encodes, tmp_path):
    images = np.random.default_rng(0).random((60, *shape), dtype=np.float32)
    model = vae.BetaVAE(architecture, latents, max_epochs=1, random_state=0, progress=False).fit(images)
    path = tmp_path / "explorer.html"
    write(path, model, images)
    assert path.stat().st_size < limit
    assert (content(path)["models"][0]["encoder"] is not None) == encodes


def test_what_cannot_be_shown_is_said(make_model, bars, tmp_path):
    path, model = tmp_path / "explorer.html", make_model().fit(bars)
    other = vae.Architecture([Dense(4)], [Output()], (4, 4, 1))
    small = vae.BetaVAE(other, 2, max_epochs=1, progress=False).fit(np.zeros((10, 4, 4, 1)))
    flat = vae.Architecture([Dense(4)], [Output()])
    vectors = vae.BetaVAE(flat, 2, max_epochs=1, progress=False).fit(np.ones((9, 5)))
    wide = make_model(likelihood="gaussian").fit(3 * bars)
    for arguments, words in (
        (([], bars), "no model"),
        ((vectors, np.ones((9, 5))), "grey or coloured images"),
        (([model, small], bars), "of one shape"),
        ((wide, 3 * bars), "from 0 to 1"),
    ):
        with pytest.raises(ValueError, match=words):
            write(path, *arguments)
    for options, words in (
        ({"names": ["a", "b"]}, "as many names"),
        ({"encoder": "yes"}, "encoder must be"),
        ({"weights": "int4"}, "weights must be"),
    ):
        with pytest.raises(ValueError, match=words):
            write(path, model, bars, **options)
    assert not path.exists()


def test_labelled_images_come_class_by_class():
    labels = np.random.default_rng(0).integers(10, size=(1000, 1))
    rows = page._spread(labels, 1000)
    assert np.array_equal(labels[rows, 0], np.repeat(np.arange(10), 6))
    assert len(page._spread(None, 7)) == 7


def test_packed_images_come_as_they_are(tmp_path):
    shapes = datasets.ShapesSet()
    part = shapes.subset(np.arange(0, len(shapes), 3000))
    model = vae.BetaVAE("shapes-conv", 3, max_epochs=1, progress=False).fit(part.images)
    write(tmp_path / "explorer.html", model, part)
    assert len(content(tmp_path / "explorer.html")["captions"]) == 60
