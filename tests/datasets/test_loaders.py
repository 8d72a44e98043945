import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
import scipy.io

import datasets
from datasets import DataFileError, LabelledImages, files

SHARED = Path(__file__).parents[3] / "shared" / "data"
published = pytest.mark.skipif(not SHARED.is_dir(), reason="the published data files are not beside the project")
RNG = np.random.default_rng(0)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty data folder, and no network."""
    monkeypatch.setenv("DATASETS_HOME", str(tmp_path))

    def no_network(file):
        raise FileNotFoundError(f"{file.name} is not there")

    monkeypatch.setattr(files, "download", no_network)
    return tmp_path


def write_idx(path, array):
    path.parent.mkdir(exist_ok=True)
    content = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


@published
def test_the_published_files_are_read(monkeypatch):
    monkeypatch.setenv("DATASETS_HOME", str(SHARED))
    images, labels = datasets.load_mnist()
    assert (images.shape, images.dtype, labels.dtype) == ((60_000, 28, 28, 1), np.uint8, np.int64)
    assert np.bincount(labels).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert datasets.load_mnist("test").images.shape == (10_000, 28, 28, 1)
    frey = datasets.load_frey()
    assert frey.images.shape == (1965, 28, 20, 1)
    assert frey.labels is None
    svhn = datasets.load_svhn()
    assert svhn.images.shape == (1083, 32, 32, 3)
    assert np.bincount(svhn.labels).tolist() == [66, 227, 141, 134, 110, 112, 78, 70, 78, 67]
    assert "only the first 1,083 of 73,257" in svhn.source
    monkeypatch.setattr(files, "download", lambda file: (_ for _ in ()).throw(FileNotFoundError("no network")))
    with pytest.raises(FileNotFoundError, match="here is only the beginning of the training set"):
        datasets.load_svhn("test")


@pytest.mark.parametrize("folder", ["mnist", "."])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_own_mnist_files_of_any_count_are_read(home, folder, suffix):
    images, labels = RNG.integers(256, size=(3, 28, 28), dtype=np.uint8), np.array([4, 0, 9], np.uint8)
    write_idx(home / folder / f"t10k-images-idx3-ubyte{suffix}", images)
    write_idx(home / folder / f"t10k-labels-idx1-ubyte{suffix}", labels)
    mnist = datasets.load_mnist("test")
    np.testing.assert_array_equal(mnist.images, images[..., None])
    assert mnist.labels.tolist() == [4, 0, 9]


@pytest.mark.parametrize(
    ("image_shape", "labels", "words"),
    [
        ((3, 28, 27), [1, 2, 3], "images-idx3-ubyte: expected images of 28x28"),
        ((0, 28, 28), [], "images-idx3-ubyte: expected images of 28x28"),
        ((3, 28, 28), [1, 2], "labels-idx1-ubyte: 2 labels for the 3 images"),
        ((3, 28, 28), [1, 2, 10], "labels-idx1-ubyte: the labels of digits are 0 to 9, but there is a 10"),
    ],
)
def test_mnist_files_that_do_not_fit_are_refused(home, image_shape, labels, words):
    write_idx(home / "train-images-idx3-ubyte", np.zeros(image_shape, np.uint8))
    write_idx(home / "train-labels-idx1-ubyte", np.array(labels, np.uint8))
    with pytest.raises(DataFileError, match=words):
        datasets.load_mnist()


def test_the_public_frey_file_has_an_image_in_each_column(home):
    images = RNG.integers(256, size=(6, 28, 20), dtype=np.uint8)
    scipy.io.savemat(home / "frey_rawface.mat", {"ff": images.reshape(6, 560).T}, do_compression=True)
    np.testing.assert_array_equal(datasets.load_frey().images[..., 0], images)
    scipy.io.savemat(home / "frey_rawface.mat", {"ff": np.zeros((560, 6))})
    with pytest.raises(DataFileError, match=r"frey_rawface.mat: expected ff to be uint8 \(560, n\), got"):
        datasets.load_frey()


@pytest.mark.parametrize("label_type", [np.uint8, np.float64])
def test_the_public_svhn_file_writes_10_for_0(home, label_type):
    images = RNG.integers(256, size=(4, 32, 32, 3), dtype=np.uint8)
    labels = np.array([[10], [1], [9], [10]], label_type)
    path = home / "test_32x32.mat"
    scipy.io.savemat(path, {"X": images.transpose(1, 2, 3, 0), "y": labels}, do_compression=True)
    svhn = datasets.load_svhn("test")
    np.testing.assert_array_equal(svhn.images, images)
    assert svhn.labels.tolist() == [0, 1, 9, 0]
    assert "test: 4 images, not the published 26,032" in svhn.source
    for bad, words in [(labels + 1, "labels must be 1 to 10, got 2 to 11"), (labels[:3], r"labels of shape \(3,\)")]:
        scipy.io.savemat(path, {"X": images.transpose(1, 2, 3, 0), "y": bad})
        with pytest.raises(DataFileError, match=words):
            datasets.load_svhn("test")


def test_swapped_files_are_refused(home):
    scipy.io.savemat(home / "train_32x32.mat", {"ff": np.zeros((560, 6), np.uint8)})
    with pytest.raises(DataFileError, match=r"train_32x32.mat: expected the MATLAB variables X, y; it has ff"):
        datasets.load_svhn()
    np.savez(home / "frey_faces_1965x28x20.npz", images=np.zeros((2, 20, 28), np.uint8))
    with pytest.raises(DataFileError, match="npz: expected images uint8"):
        datasets.load_frey()


@pytest.mark.parametrize("load", [datasets.load_mnist, datasets.load_svhn])
def test_other_parts_are_refused(load):
    with pytest.raises(ValueError, match="'train' and 'test', not 'tset'"):
        load("tset")


@pytest.fixture
def labelled():
    labels = np.repeat([2, 5, 7], [100, 40, 3])[np.random.default_rng(0).permutation(143)]
    return LabelledImages(np.arange(143, dtype=np.uint8).reshape(-1, 1, 1, 1), labels)


def test_a_class_and_a_fraction(labelled):
    assert (labelled.of_class(5).labels == 5).all()
    assert len(labelled.of_class(2, 7)) == 103
    part = labelled.fraction(0.1, seed=4)
    assert np.bincount(part.labels).tolist() == [0, 0, 10, 0, 0, 4, 0, 1]
    np.testing.assert_array_equal(part.labels, labelled.labels[part.images.ravel()])
    assert (np.diff(part.images.ravel().astype(int)) > 0).all()
    np.testing.assert_array_equal(part.images, labelled.fraction(0.1, seed=4).images)
    assert set(part.images.ravel()) != set(labelled.fraction(0.1, seed=5).images.ravel())
    assert set(part.images.ravel()) < set(labelled.fraction(0.3, seed=4).images.ravel())
    with pytest.raises(ValueError, match="no image has the label 3: there are 2, 5, 7"):
        labelled.of_class(3)
    with pytest.raises(ValueError, match="above 0"):
        labelled.fraction(0)


def test_the_split_is_stratified_and_complete(labelled):
    parts = labelled.split(seed=1, validation=0.25, test=0.25)
    assert [np.bincount(part.labels)[[2, 5]].tolist() for part in parts] == [[50, 20], [25, 10], [25, 10]]
    together = np.concatenate([part.images.ravel() for part in parts])
    np.testing.assert_array_equal(np.sort(together), labelled.images.ravel())
    assert [len(part) for part in labelled.split(validation=0, test=0)] == [143, 0, 0]
    with pytest.raises(ValueError, match="leave some for training"):
        labelled.split(validation=0.5, test=0.5)


def test_groups_stay_together():
    groups = np.random.default_rng(0).integers(60, size=300)
    images = np.arange(300).reshape(-1, 1, 1, 1)
    parts = LabelledImages(images, groups % 10, groups).split(seed=2)
    assert sum(len(part) for part in parts) == 300
    for part, share in zip(parts, (0.7, 0.15, 0.15), strict=True):
        assert abs(len(part) - 300 * share) < 15
    assert sum(len(set(part.groups)) for part in parts) == len(set(groups))


def test_labels_must_fit():
    with pytest.raises(ValueError, match="3 images, but labels of shape"):
        LabelledImages(np.zeros((3, 1, 1, 1)), np.zeros(2, int))
