"""Mistakes with devices get a sentence of ours."""

import numpy as np
import pytest

import nn
import vae
from nn.cuda import availability

LAYERS = [
    (nn.Dense(3, 2), (4, 3)),
    (nn.Conv2D(1, 2, 3), (1, 4, 4, 1)),
    (nn.ConvTranspose2D(1, 2, 3), (1, 4, 4, 1)),
    (nn.BatchNorm(3), (4, 3)),
]


@pytest.mark.parametrize(("layer", "shape"), LAYERS, ids=repr)
@pytest.mark.parametrize(("home", "elsewhere"), [("cpu", "gpu"), ("gpu", "cpu")])
def test_a_layer_and_an_input_on_different_devices(layer, shape, home, elsewhere):
    layer.to_device(home)
    words = f"is on the {home.upper()}, but got an input on the {elsewhere.upper()}: move the input"
    with pytest.raises(TypeError, match=words):
        layer.forward(nn.to_device(np.ones(shape, np.float32), elsewhere))


@pytest.mark.parametrize("architecture", ["shapes-dense", "shapes-conv"])
@pytest.mark.parametrize(("home", "elsewhere"), [("cpu", "gpu"), ("gpu", "cpu")])
def test_a_network_and_images_on_different_devices(architecture, home, elsewhere):
    network = vae.ARCHITECTURES[architecture].build(3, np.random.default_rng(0), np.dtype("float32"))
    network.to_device(home)
    x, noise = np.zeros((2, 64, 64, 1), np.float32), np.zeros((2, 3), np.float32)
    with pytest.raises(TypeError, match=f"is on the {home.upper()}, but got an input on the {elsewhere.upper()}"):
        network.forward(nn.to_device(x, elsewhere), noise=nn.to_device(noise, elsewhere))
    with pytest.raises(TypeError, match=r"sample got arrays on the CPU .* together with arrays on the GPU"):
        network.forward(nn.to_device(x, home), noise=nn.to_device(noise, elsewhere))
    with pytest.raises(TypeError, match=r"bernoulli_nll got arrays on the CPU .* together with arrays on the GPU"):
        network.forward(nn.to_device(x, home), noise=nn.to_device(noise, home), target=nn.to_device(x, elsewhere))


@pytest.mark.parametrize("loss", [nn.losses.bernoulli_nll, nn.losses.gaussian_nll, nn.losses.squared_error])
@pytest.mark.parametrize(("home", "elsewhere"), [("cpu", "gpu"), ("gpu", "cpu")])
def test_a_loss_of_arrays_on_different_devices(loss, home, elsewhere):
    x = np.ones((2, 3))
    with pytest.raises(TypeError, match=r"nn.to_device"):
        loss(nn.to_device(x, home), nn.to_device(x, elsewhere))


@pytest.mark.parametrize("layer", [nn.ReLU(), nn.LeakyReLU(), nn.Tanh()], ids=repr)
def test_a_gradient_on_another_device_than_the_output(layer):
    x = np.ones((2, 3))
    layer.forward(x)
    with pytest.raises(TypeError, match="onto one device"):
        layer.backward(nn.to_device(x, "gpu"))


@pytest.mark.parametrize(("home", "elsewhere"), [("cpu", "gpu"), ("gpu", "cpu")])
def test_an_optimiser_left_behind(home, elsewhere):
    parameter = nn.Parameter(np.ones(3))
    parameter.to_device(home)
    optimiser = nn.Adam([parameter])
    parameter.to_device(elsewhere)
    with pytest.raises(TypeError, match=r"got arrays on the CPU .* optimisers have a method to_device"):
        optimiser.step()
    optimiser.to_device(elsewhere)
    optimiser.step()


def test_parameters_in_another_order_are_refused():
    parameter = nn.Parameter(nn.to_device(np.asfortranarray(np.ones((3, 2))), "gpu"))
    with pytest.raises(ValueError, match="in C order"):
        nn.Adam([parameter]).step()


@pytest.mark.parametrize("home", ["cpu", "gpu"])
@pytest.mark.parametrize("method", ["fit", "partial_fit", "transform", "score", "decode"])
def test_a_model_wants_its_arrays_on_the_host(method, home):
    images = np.zeros((4, 64, 64, 1), np.float32)
    model = vae.BetaVAE(device=home, latent_dim=2, batch_size=4, progress=False).partial_fit(images)
    there = nn.to_device(np.zeros((4, 2)) if method == "decode" else images, "gpu")
    with pytest.raises(TypeError, match=r"[XZ] is an array on the GPU \(cupy\): pass a NumPy array"):
        getattr(model, method)(there)


def test_auto_says_that_it_is_the_gpu(capsys):
    assert nn.choose_device("auto", say=print) == "gpu"
    assert capsys.readouterr().out.startswith("device 'auto' is the GPU: ")


def failing(*arguments, **options):
    raise RuntimeError("libnvrtc.so.12: cannot open\nsecond line")


@pytest.mark.parametrize("broken", ["ones", "is_available"])
def test_auto_says_why_it_is_the_cpu(broken, monkeypatch, capsys):
    import cupy

    monkeypatch.setattr(cupy, broken, failing if broken == "ones" else lambda: False)
    availability.gpu_problem.cache_clear()
    try:
        assert nn.choose_device("auto", say=print) == "cpu"
        reason = "matrix product failed (RuntimeError: libnvrtc" if broken == "ones" else "finds no NVIDIA GPU"
        assert reason in capsys.readouterr().out
        with pytest.raises(RuntimeError, match=r"device 'gpu' was asked for, but .*; or use device 'cpu'"):
            nn.choose_device("gpu")
    finally:
        availability.gpu_problem.cache_clear()
