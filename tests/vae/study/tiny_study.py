"""A study of small models, for tests: ``python tiny_study.py FOLDER JOBS [SCHEDULER]`` executes it."""

import os
import sys
from pathlib import Path

import vae
import numpy as np

from vae.specification import Conv2D, Dense, Output
from vae.study import Study, grid, write_csv

TINY = vae.Architecture(
    encoder=[Conv2D(4, 3, stride=2, activation="relu", batch_norm=True), Dense(16, "relu")],
    decoder=[Dense(32, "tanh", batch_norm=True), Output()],
    image_shape=(8, 6, 1),
)
EPOCHS = 12
SETTINGS = grid(beta=[0.5, 2], learning_rate=1e-2, max_epochs=EPOCHS, random_state=range(3))
DIVERGES = {"beta": 0.5, "learning_rate": 1e30, "max_epochs": EPOCHS, "random_state": 0}


def bars():
    """Binary images 8x6 of one horizontal bar and one vertical one."""
    images = np.zeros((8, 6, 8, 6, 1), np.float32)
    for row, column in np.ndindex(8, 6):
        images[row, column, row] = images[row, column, :, column] = 1
    return np.tile(images.reshape(-1, 8, 6, 1), (4, 1, 1, 1))


class Log:
    """Notes every epoch that is trained, in a file that outlives the process."""

    def __init__(self, folder):
        self.path = folder / "epochs.txt"

    def after_epoch(self, state):
        with open(self.path, "a") as file:
            file.write(f"{len(state.history['epoch'])}\n")


def train(setting, folder):
    with open(folder / "starts.txt", "a") as file:
        file.write(f"{os.getpid()} {os.getpgrp()}\n")
    images = bars()
    model = vae.BetaVAE(TINY, 3, batch_size=16, progress=False, **setting)
    model.fit(images, checkpoint=folder / "checkpoint.npz", callbacks=[Log(folder)])
    model.save(folder / "model.npz")
    history = {name: values[-1] for name, values in model.history_.items() if name not in ("seconds", "epoch")}
    return {"score": model.score(images), **history, "epochs": len(model.history_["epoch"])}


def study_in(folder):
    return Study(folder, train, [*SETTINGS, DIVERGES])


def numbers(rows):
    """The table without what differs from one time to the next."""
    return [{name: value for name, value in row.items() if name != "seconds"} for row in rows]


if __name__ == "__main__":
    folder, jobs, *scheduler = sys.argv[1:]
    rows = study_in(Path(folder) / "runs").execute(int(jobs), *scheduler)
    write_csv(Path(folder) / "table.csv", rows)
