"""Models in files: what was saved comes back, and no damaged or foreign file does harm."""

import json
import zipfile

import numpy as np
import pytest

import datasets
import vae
from vae.storage import ModelFileError, archive
from vae.specification import Dense, Output


@pytest.fixture
def saved(make_model, bars, tmp_path):
    model = make_model(max_epochs=2).fit(bars, validation=bars)
    path = tmp_path / "model.npz"
    model.save(path)
    return model, path


def test_round_trip(saved, bars):
    model, path = saved
    loaded = vae.BetaVAE.load(path)
    assert loaded.get_params() == model.get_params()
    assert loaded.history_ == model.history_
    np.testing.assert_array_equal(loaded.transform(bars), model.transform(bars))
    np.testing.assert_array_equal(loaded.sample(3, random_state=1), model.sample(3, random_state=1))
    assert loaded.score(bars) == model.score(bars)


def test_numpy_numbers_as_settings_can_be_saved(make_model, bars, tmp_path):
    model = make_model(max_epochs=np.int64(1), beta=np.float32(0.5)).fit(bars)
    model.save(tmp_path / "m.npz")
    assert vae.BetaVAE.load(tmp_path / "m.npz").beta == 0.5


def test_the_file_holds_no_pickle(saved):
    with np.load(saved[1], allow_pickle=False) as file:
        assert all(file[name].dtype.kind in "fui" for name in file.files)


def test_a_truncated_file_gives_one_sentence(saved, tmp_path):
    content = saved[1].read_bytes()
    for length in (0, 1, 100, len(content) // 2, len(content) - 1):
        damaged = tmp_path / "damaged.npz"
        damaged.write_bytes(content[:length])
        with pytest.raises(ModelFileError, match=r"damaged\.npz"):
            vae.BetaVAE.load(damaged)


def test_any_flipped_bit_gives_one_sentence_or_the_same_model(saved, bars, tmp_path):
    model, path = saved
    content, codes = path.read_bytes(), model.transform(bars)
    damaged = tmp_path / "damaged.npz"
    rng = np.random.default_rng(0)
    sentences = []
    for position in rng.integers(len(content), size=400):
        changed = bytearray(content)
        changed[position] ^= 1 << int(rng.integers(8))
        damaged.write_bytes(changed)
        try:
            loaded = vae.BetaVAE.load(damaged)
        except ModelFileError as error:
            sentences.append(str(error))
        else:
            np.testing.assert_array_equal(loaded.transform(bars), codes)
    assert len(sentences) > 300
    assert all("damaged.npz" in sentence for sentence in sentences)


def rewritten(path, target, change):
    """The file with one of its members' bytes changed: change(name, content) -> content or None to leave it out."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            content = change(name, source.read(name))
            if content is not None:
                copy.writestr(name, content)
    return target


def array_bytes(array, tmp_path):
    np.save(tmp_path / "array.npy", array, allow_pickle=True)
    return (tmp_path / "array.npy").read_bytes()


WEIGHT = "code.mean.weight.npy"


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (
            np.zeros((16, 4), np.float32),
            r"code.mean.weight is float32 \(16, 4\), but this model needs float32 \(16, 3\)",
        ),
        (np.zeros((16, 3)), "is float64"),
        (np.full((16, 3), np.nan, np.float32), "contains NaN"),
        (np.full((16, 3), None), "is object"),
    ],
)
def test_an_array_that_does_not_fit_is_named(saved, tmp_path, array, words):
    content = array_bytes(array, tmp_path)
    bad = rewritten(saved[1], tmp_path / "bad.npz", lambda name, old: content if name == WEIGHT else old)
    with pytest.raises(ModelFileError, match=words):
        vae.BetaVAE.load(bad)


def test_a_missing_array_is_named(saved, tmp_path):
    bad = rewritten(saved[1], tmp_path / "bad.npz", lambda name, old: None if name == WEIGHT else old)
    with pytest.raises(ModelFileError, match=r"lacks code\.mean\.weight"):
        vae.BetaVAE.load(bad)


def test_a_header_that_promises_terabytes_takes_no_memory(saved, tmp_path):
    def promise(name, old):
        if name != "header.npy":
            return old
        return array_bytes(np.zeros(3, np.uint8), tmp_path).replace(b"(3,)", b"(9999999999999,)")

    with pytest.raises(ModelFileError, match=r"bad\.npz"):
        vae.BetaVAE.load(rewritten(saved[1], tmp_path / "bad.npz", promise))


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ({"format": "something else"}, "is not a bare-vae model"),
        ({"version": 99}, "format version 99; this program reads 2"),
        ({"settings": {"architecture": "unheard-of"}}, "unusable settings"),
        ({"settings": {"colour": "red"}}, "unusable settings"),
        ({"settings": [1, 2]}, "unusable settings"),
        ({"history": 3}, "unusable settings"),
        ({"image_shape": [8, 7, 1]}, "unusable settings .the decoder makes|lacks|needs"),
        ({"image_shape": "large"}, "unusable settings"),
        ({"settings": {"architecture": {"type": "os.system", "command": "rm"}}}, "unknown description 'os.system'"),
        ({"settings": {"architecture": "mixing-dense", "latent_dim": 10**12}}, "more than the file can hold"),
    ],
)
def test_a_strange_header_gives_one_sentence(saved, tmp_path, header, words):
    whole = archive.load_header(saved[1]) | header
    content = array_bytes(np.frombuffer(json.dumps(whole).encode(), np.uint8), tmp_path)
    bad = rewritten(saved[1], tmp_path / "bad.npz", lambda name, old: content if name == "header.npy" else old)
    with pytest.raises(ModelFileError, match=words):
        vae.BetaVAE.load(bad)


def test_own_architectures_corruptions_and_column_names_travel_in_the_file(bars, make_model, tmp_path):
    architecture = vae.Architecture([Dense(20, "leaky_relu")], [Dense(20, "sigmoid", batch_norm=True), Output()])
    model = make_model(architecture=architecture, corruption=datasets.SaltAndPepper(0.3)).fit(bars.reshape(-1, 48))
    model.save(tmp_path / "own.npz")
    loaded = vae.BetaVAE.load(tmp_path / "own.npz")
    assert loaded.get_params() == model.get_params()
    assert (loaded.image_shape_, loaded.n_features_in_) == ((48,), 48)
    np.testing.assert_array_equal(loaded.transform(bars.reshape(-1, 48)), model.transform(bars.reshape(-1, 48)))


def test_foreign_files_give_one_sentence(tmp_path):
    text, arrays = tmp_path / "text.npz", tmp_path / "arrays.npz"
    text.write_text("no archive at all")
    np.savez(arrays, images=np.zeros(3))
    for path in (text, arrays):
        with pytest.raises(ModelFileError, match=path.name):
            vae.BetaVAE.load(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        vae.BetaVAE.load(tmp_path / "nothing.npz")
