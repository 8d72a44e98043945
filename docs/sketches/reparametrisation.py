"""reparametrisation.png: where the gradient flows when a code is sampled."""

import numpy as np

from vae.network.gaussian_code import sample, sample_gradient

from .page import BLUE, GREY, INK, ORANGE, Page, tint

DICE = tint(ORANGE, 0.3)


def reparametrisation():
    """Sampling without and with the reparametrisation trick."""
    page = Page(500)
    page.rectangle(400, 20, 0, 400, edge="#cccccc")
    without(page, 0)
    with_trick(page, 410)
    page.text(20, 452, "orange, round: random", 14, align="left")
    page.circle(205, 452, 9, DICE, ORANGE)
    page.arrow((250, 452), (300, 452), GREY)
    page.text(310, 452, "forward", 14, GREY, "left")
    page.arrow((460, 452), (410, 452), BLUE, 2.2, dashed=True)
    page.text(470, 452, "gradient of the loss", 14, BLUE, "left")
    return page


def without(page, left):
    """z is drawn from N(m, s^2): the gradient ends there."""
    page.title(left + 20, 36, "Without: z itself is drawn")
    mean, variance, z, loss = (left + 80, 110), (left + 220, 110), (left + 150, 250), (left + 150, 385)
    page.arrow((mean[0] + 10, 136), (z[0] - 32, 212), GREY)
    page.arrow((variance[0] - 10, 136), (z[0] + 32, 212), GREY)
    page.arrow((z[0] - 8, 298), (loss[0] - 8, 360), GREY)
    page.arrow((z[0] + 8, 360), (loss[0] + 8, 300), BLUE, 2.2, dashed=True)
    page.box(*mean, "mean $m$", 120)
    page.box(*variance, "log $s^2$", 120)
    page.circle(*z, 46, DICE, ORANGE)
    page.text(*z, "$z$ drawn\nfrom\n$N(m,\\,s^2)$", 14)
    page.box(*loss, "loss", 90)
    page.text(z[0] + 26, 330, "$dz$", 14, BLUE, "left")
    page.text(z[0] + 60, 236, "The gradient stops:", 14, INK, "left", bold=True)
    page.text(z[0] + 60, 268, "a draw has no\nderivative by $m$ or $s$", 14, INK, "left")


def with_trick(page, left):
    """z = m + s * noise: a function of m and s, with the noise as one more input."""
    mean, log_variance = np.array([0.5]), np.log(np.array([0.64]))
    noise, dz = np.array([-1.5]), np.array([1.0])
    value, deviation, _ = sample(mean, log_variance, noise)
    dmean, dlog_variance = sample_gradient(dz, np.zeros(1), mean, deviation, noise)

    page.title(left + 10, 36, "With: only the noise is drawn")
    top, z, loss = 110, (left + 190, 250), (left + 130, 385)
    columns = left + 65, left + 190, left + 320
    page.arrow((columns[0] + 10, 140), (z[0] - 78, 222), GREY)
    page.arrow((columns[1] - 8, 140), (columns[1] - 8, 222), GREY)
    page.arrow((columns[2] - 25, 148), (z[0] + 62, 222), GREY)
    page.arrow((z[0] - 58, 222), (columns[0] + 30, 140), BLUE, 2.2, dashed=True)
    page.arrow((columns[1] + 8, 222), (columns[1] + 8, 140), BLUE, 2.2, dashed=True)
    page.arrow((loss[0] - 8, 278), (loss[0] - 8, 360), GREY)
    page.arrow((loss[0] + 8, 360), (loss[0] + 8, 280), BLUE, 2.2, dashed=True)
    page.box(columns[0], top, f"mean\n$m$ = {mean[0]:g}", 110, 54)
    page.box(columns[1], top, f"log $s^2$ = {number(log_variance)}\n$s$ = {deviation[0]:g}", 120, 54)
    page.circle(columns[2], top, 46, DICE, ORANGE)
    page.text(columns[2], top, f"noise\nfrom $N(0, 1)$\n{number(noise)}", 12)
    page.box(*z, f"$z = m + s \\cdot$ noise = {number(value)}", 240, 52)
    page.box(*loss, "loss", 90)
    page.text(left + 188, 308, f"$dz$ = {dz[0]:g}", 14, BLUE, "left")
    page.text(left + 188, 336, f"$dm = dz$ = {dmean[0]:g}", 14, BLUE, "left")
    page.text(left + 188, 364, "$d$ log $s^2 = dz\\cdot$ noise $\\cdot\\,s\\,/\\,2$", 14, BLUE, "left")
    page.text(left + 188, 392, f"= {number(dlog_variance)}", 14, BLUE, "left")


def number(values):
    return f"{values[0]:.2f}".replace("-", "\N{MINUS SIGN}")
