"""The demos, as a user starts them."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import vae
from vae.training import Trainer

DEMOS = Path(__file__).parents[2] / "demos"
FIGURES = (
    "training", "kl_over_training", "terms_over_training", "gradient_norms_over_training", "means_over_training",
    "reconstructions", "latent_means", "perturbations", "kl",
)  # fmt: skip


def start(demo, *arguments):
    return subprocess.run([sys.executable, DEMOS / demo, *map(str, arguments)], capture_output=True, text=True)


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    output = tmp_path_factory.mktemp("quick")
    return start("shapes_beta4.py", "--quick", "--seed", 1, "--output", output), output


def test_the_quick_demo_writes_figures_model_and_numbers(quick):
    result, output = quick
    assert result.returncode == 0, result.stderr
    assert str(output) in result.stdout.splitlines()[-1]
    for name in FIGURES:
        assert (output / f"{name}.png").stat().st_size > 5000
    assert not (output / "checkpoint.npz").exists()
    assert vae.BetaVAE.load(output / "model.npz").network_.beta == 4


def test_the_quick_demo_learns(quick):
    results = json.loads((quick[1] / "results.json").read_text())
    assert results["images"] == 267_021
    assert results["parameters"] == 14_202_516
    assert results["history"]["validation_objective"][-1] < 400  # 200 steps; an untrained network has about 2,800
    assert len(results["kl_per_latent"]) == 10
    assert np.max(results["variance_explained"]["x and y"]) > 0.5


def test_the_quick_demo_runs_by_the_lines_of_the_textbook_alone(tmp_path):
    script = (
        f"import sys; sys.path.insert(0, {str(DEMOS)!r}); import nn; nn.use('plain'); import shapes_beta4 as demo\n"
        f"demo.QUICK_IMAGES = 1000; demo.main(['--quick', '--output', {str(tmp_path)!r}])"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    history = json.loads((tmp_path / "results.json").read_text())["history"]
    assert history["validation_objective"][-1] < 2700  # ten steps; an untrained network has 2,930


def test_gradient_check_passes_and_prints_a_table():
    result = start("gradient_check.py")
    assert result.returncode == 0, result.stdout
    errors = [float(line.split()[-1]) for line in result.stdout.splitlines()[1:-1]]
    assert len(errors) > 25
    assert max(errors) <= 1e-7


TWO_MISTAKES = """
def overwritten(self, dy, backward=nn.Dense.backward):
    self.weight.zero_grad()
    return backward(self, dy)

def without_scale(self, dy, backward=nn.BatchNorm.backward):
    return backward(self, dy) / self.scale.data

nn.Dense.backward, nn.BatchNorm.backward = overwritten, without_scale
"""


@pytest.mark.parametrize(
    ("mistake", "words"),
    [
        ("nn.Tanh.backward = lambda self, dy: dy", ["DISAGREE"]),
        (TWO_MISTAKES, ["DISAGREE", "WRONG: gradient of weight: overwritten instead of added"]),
    ],
)
def test_gradient_check_fails_when_something_is_wrong(tmp_path, mistake, words):
    script = tmp_path / "wrong.py"
    script.write_text(
        f"import runpy, sys, nn\n{mistake}\n"
        f"sys.argv = ['gradient_check.py']; runpy.run_path({str(DEMOS / 'gradient_check.py')!r}, run_name='__main__')\n"
    )
    result = subprocess.run([sys.executable, script], capture_output=True, text=True)
    assert result.returncode == 1
    assert "lines of the table are WRONG" in result.stderr
    assert all(word in result.stdout for word in words)


def test_the_tractable_demo_confirms_its_claims(tmp_path):
    result = start("tractable_beta.py", "--betas", 30, "--output", tmp_path)
    assert result.returncode == 0, result.stderr
    results = json.loads((tmp_path / "results.json").read_text())
    assert results["best_beta"]["elbo"] == results["best_beta"]["mie"] == 1
    assert all(results["claims"].values())
    assert (tmp_path / "tractable_beta.png").stat().st_size > 5000


@pytest.mark.parametrize("demo", sorted(path.name for path in DEMOS.glob("*.py") if path.name != "skeleton.py"))
def test_help(demo):
    result = start(demo, "--help")
    assert result.returncode == 0
    assert "usage" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--beta", "-1"], "beta must be a number of at least 0"),
        (["--epochs", "0"], "max_epochs must be a whole number of at least 1"),
        (["--seed", "-1"], "random_state"),
        (["--output", __file__], "cannot write into the folder"),
        (["--architecture", "shapes-huge"], "invalid choice"),
        (["--device", "tpu"], "invalid choice"),
        (["--resume"], "there is no interrupted run"),
    ],
)
def test_mistakes_are_answered_in_one_sentence(tmp_path, arguments, words):
    result = start("shapes_beta4.py", "--quick", "--output", tmp_path, *arguments)
    assert result.returncode != 0
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert "Drawing" not in result.stdout


DATA = Path(__file__).parents[3] / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the public data sets are not here")


@pytest.fixture
def data_home(monkeypatch):
    monkeypatch.setenv("DATASETS_HOME", str(DATA))


@needs_data
@pytest.mark.parametrize("arguments", [("mnist", "--digit", 3), ("frey",), ("svhn", "--salt-and-pepper", 0.2)])
def test_every_data_set_trains_its_network_end_to_end(data_home, tmp_path, arguments):
    result = start("train.py", *arguments, "--images", 300, "--epochs", 1, "--output", tmp_path)
    assert result.returncode == 0, result.stderr
    assert "beta_norm" in result.stdout
    for name in ("training.png", "reconstructions.png", "samples.png", "traversals.png", "traversals.gif", "kl.png"):
        assert (tmp_path / name).stat().st_size > 1000
    model = vae.BetaVAE.load(tmp_path / "model.npz")
    results = json.loads((tmp_path / "results.json").read_text())
    assert model.architecture == results["settings"]["architecture"]
    assert np.isfinite(results["elbo"])


def test_training_without_data_says_where_they_belong(monkeypatch, tmp_path):
    monkeypatch.setenv("DATASETS_HOME", str(tmp_path / "nothing"))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    result = start("train.py", "frey", "--output", tmp_path / "out")
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "frey_rawface.mat" in result.stderr
    assert str(tmp_path / "nothing") in result.stderr


@needs_data
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("mnist", "--beta", -1), "beta must be a number of at least 0, got -1"),
        (("mnist", "--digit", 12), "no image has the label 12: there are 0, 1"),
        (("frey", "--resume"), "there is no interrupted run in"),
        (("svhn", "--architecture", "mnist-dense"), r"this architecture takes (n, 28, 28, 1)"),
    ],
)
def test_mistakes_get_a_sentence(data_home, tmp_path, arguments, words):
    result = start("train.py", *arguments, "--output", tmp_path / "out")
    assert result.returncode == 1
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_a_saved_model_is_evaluated_from_the_shell(tmp_path):
    images = np.zeros((40, 16, 16, 1), np.float32)
    factors = np.array(list(np.ndindex(8, 5)))
    for image, (row, column) in zip(images, factors, strict=True):
        image[2 * row : 2 * row + 2, 3 * column : 3 * column + 3] = 1
    vae.BetaVAE("mixing-dense", 2, 0.1, max_epochs=20, random_state=0, progress=False).fit(images).save(
        tmp_path / "model.npz"
    )
    np.savez(tmp_path / "data.npz", images=images, factors=factors)
    result = start("evaluate.py", tmp_path / "model.npz", "--data", tmp_path / "data.npz")
    assert result.returncode == 0, result.stderr
    assert "mutual_information_gap" in result.stdout
    for name in ("report.txt", "report.json", "report.png"):
        assert (tmp_path / name).stat().st_size > 500


@needs_data
@pytest.mark.parametrize("demo", ["digit_mixing.py", "digit_position.py"])
def test_the_digit_demos_draw_all_terms_and_go_on_from_what_is_done(data_home, tmp_path, demo):
    arguments = ("--betas", 1, 0.1, 10, "--starts", 1, "--epochs", 2, "--images", 200, "--output", tmp_path)
    result = start(demo, *arguments)
    assert result.returncode == 0, result.stderr
    assert "ELBO is largest at beta" in result.stdout
    rows = vae.study.read_csv(tmp_path / "runs.csv")
    assert [row["beta"] for row in rows] == [0.1, 1, 10]
    assert {f"{term}{end}" for term in ("elbo", "reconstruction", "kl", "tie") for end in ("", "_new")} <= set(rows[0])
    assert (tmp_path / f"{demo.replace('digit', 'inference')[:-3]}_terms.png").stat().st_size > 5000
    again = start(demo, *arguments)
    assert again.returncode == 0, again.stderr
    assert vae.study.read_csv(tmp_path / "runs.csv") == rows
    refused = start(demo, *arguments, "--betas", -1)
    assert refused.returncode == 1
    assert "beta must be a number of at least 0, got -1" in refused.stderr


@pytest.fixture
def skeleton(monkeypatch):
    monkeypatch.syspath_prepend(DEMOS)
    monkeypatch.setattr(sys, "argv", ["demo.py"])
    yield importlib.import_module("skeleton")
    sys.modules.pop("skeleton")


def options_of(skeleton, output, *arguments):
    command = skeleton.parser("A demo.")
    for name in skeleton.SHARED:
        skeleton.share(command, name)
    return command.parse_args(["--output", str(output), *arguments])


def small_model(**settings):
    return vae.BetaVAE("mixing-dense", 2, batch_size=10, max_epochs=2, random_state=0, progress=False, **settings)


IMAGES = np.random.default_rng(0).integers(2, size=(40, 16)).astype(np.float32)


def test_a_run_can_be_resumed_until_its_results_are_written(skeleton, tmp_path, capsys):
    first = options_of(skeleton, tmp_path)
    skeleton.prepare(first)
    skeleton.train(small_model(), IMAGES, IMAGES, first)  # killed while it draws its figures
    again = options_of(skeleton, tmp_path, "--resume")
    skeleton.prepare(again)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trainer, "step", None)  # both epochs are done
        skeleton.train(small_model(), IMAGES, IMAGES, again)
    skeleton.finish(again, {"number": 1}, "model.npz")
    results = json.loads((tmp_path / "results.json").read_text())
    assert (results["number"], results["settings"]["output"]) == (1, str(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.npz", "results.json"]
    with pytest.raises(ValueError, match="there is no interrupted run in"):
        skeleton.prepare(again)


def test_a_new_start_drops_the_interrupted_run_and_says_so(skeleton, tmp_path, capsys):
    options = options_of(skeleton, tmp_path)
    skeleton.train(small_model(), IMAGES, None, options)
    skeleton.prepare(options)
    assert "is dropped (--resume would have continued it)" in capsys.readouterr().out
    assert not skeleton.checkpoint_of(options).exists()


def test_a_diverged_run_leaves_its_best_model(skeleton, tmp_path, monkeypatch):
    original = Trainer.step

    def broken(self, images):
        if self.epoch == 1:
            self.network.code.mean.bias.data[0] = np.nan
        return original(self, images)

    monkeypatch.setattr(Trainer, "step", broken)
    with pytest.raises(vae.DivergenceError, match=r"the best parameters so far are in .*model\.npz"):
        skeleton.train(small_model(), IMAGES, None, options_of(skeleton, tmp_path))
    assert vae.BetaVAE.load(tmp_path / "model.npz").history_["epoch"] == [1]


@pytest.mark.parametrize(
    ("error", "kept", "words"),
    [
        (ValueError("no such digit"), False, "demo: no such digit"),
        (KeyboardInterrupt(), True, "demo: interrupted; the same command with --resume goes on in"),
        (KeyboardInterrupt(), False, "demo: interrupted before anything was kept"),
    ],
)
def test_a_demo_ends_with_a_sentence(skeleton, tmp_path, error, kept, words):
    def run(options):
        if kept:
            skeleton.checkpoint_of(options).touch()
        raise error

    with pytest.raises(SystemExit, match=words):
        skeleton.start(lambda arguments: options_of(skeleton, tmp_path), run)


def test_posterior_collapse(tmp_path):
    result = start("posterior_collapse.py", "--betas", 2, "--epochs", 1, "--output", tmp_path)
    assert result.returncode == 0, result.stderr
    rows = (tmp_path / "collapse.csv").read_text().splitlines()
    assert rows[0].startswith("network,beta,active,active in linear theory,kl 0")
    assert [row.split(",")[:2] for row in rows[1:]] == [
        [network, beta] for network in ("linear", "deep") for beta in ("0.1", "20")
    ]
    assert {"collapse.png", "falling_asleep.png", "results.json"} <= {path.name for path in tmp_path.iterdir()}
