"""What lab 0 checks."""

import numpy as np

from labs.harness.checking import check


def table(rng, sizes):
    return {"X": rng.normal(loc=1, size=sizes[:2])}


def two_tables(rng, sizes):
    return {"A": rng.normal(size=(sizes[0], sizes[2])), "B": rng.normal(size=(sizes[1], sizes[2]))}


def paired_tables(rng, sizes):
    return {"A": rng.normal(size=(sizes[0], sizes[1])), "B": rng.normal(size=(sizes[0], sizes[2]))}


def some_labels(rng, sizes):
    classes = sizes[1]
    return {"labels": rng.integers(0, classes, sizes[0]), "classes": np.array(classes)}


def some_images(rng, sizes):
    return {"images": rng.normal(loc=1, size=sizes[:4])}


def a_series(rng, sizes):
    return {"x": rng.normal(size=3 * sizes[0]), "k": np.array(sizes[1] % 6 + 2)}


def weighted(rng, sizes):
    return {"X": rng.normal(loc=1, size=sizes[:2]), "w": rng.uniform(0.5, 3, size=sizes[0])}


@check("centre", table, points=10)
def centre(lab, X):
    """each column's mean becomes 0"""
    return {"centred": lab.centre(X), "x after forward": X}


@check("row_norms", table, points=10)
def row_norms(lab, X):
    """each row gets the length 1"""
    return {"rows": lab.row_norms(X), "x after forward": X}


@check("squared_distances", two_tables, points=15)
def squared_distances(lab, A, B):
    """every row of A with every row of B"""
    return {"distances": lab.squared_distances(A, B)}


@check("one_hot", some_labels, points=10)
def one_hot(lab, labels, classes):
    """a one at the label"""
    return {"rows": lab.one_hot(labels, classes)}


@check("sum_of_outer_products", paired_tables, points=15)
def sum_of_outer_products(lab, A, B):
    """one matrix for all rows"""
    return {"S": lab.sum_of_outer_products(A, B)}


@check("channel_means", some_images, points=10)
def channel_means(lab, images):
    """over images, height and width"""
    return {"means": lab.channel_means(images)}


@check("flatten", some_images, points=10)
def flatten(lab, images):
    """each image as a row"""
    return {"rows": lab.flatten(images)}


@check("moving_sums", a_series, points=10)
def moving_sums(lab, x, k):
    """k neighbours each"""
    return {"sums": lab.moving_sums(x, k)}


@check("weighted_scatter", weighted, points=10)
def weighted_scatter(lab, X, w):
    """around the weighted mean"""
    return {"S": lab.weighted_scatter(X, w)}
