"""Classify MNIST from the codes of a beta-VAE: an unsupervised encoder before a support vector machine.

As in the dissertation (section 4.5, Figure 4.9), on 10,000 training images with 16 latents and beta = 0.1.
Needs the MNIST files (see docs/data.md); takes less than a minute on two cores.
"""

import vae
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

import datasets

train = datasets.load_mnist("train").fraction(1 / 6)  # about 10,000 images, every digit with its share
test = datasets.load_mnist("test")

autoencoder = vae.BetaVAE("mnist-dense", latent_dim=16, beta=0.1, max_epochs=10, random_state=0)
pipeline = make_pipeline(autoencoder, SVC(C=1))  # an RBF kernel on the mean codes
pipeline.fit(train.images.reshape(len(train), -1), train.labels)  # rows of bytes, as scikit-learn has its data

accuracy = pipeline.score(test.images.reshape(len(test), -1), test.labels)
print(f"{100 * accuracy:.2f} % of {len(test):,} test images right, from {autoencoder.latent_dim} numbers each")
