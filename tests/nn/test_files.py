"""Files are written whole or not at all, and what a killed process left behind goes away."""

import os
import subprocess
import sys
import time

import pytest

from nn.files import atomic_write, writable_folder


def test_an_interrupted_write_leaves_the_old_file_and_no_rubbish(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")

    def write_half():
        with atomic_write(path) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(OSError, match=r"cannot write into the folder .*: choose another one"):
        writable_folder(file / "below")
    assert writable_folder(tmp_path / "new" / "folder").is_dir()


KILLED = """
import os, signal, sys
from nn.files import atomic_write
with atomic_write(sys.argv[1]) as file:
    file.write(b"half")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def killed_while_writing(path):
    """The name of what a process that was killed while it wrote `path` left behind."""
    before = set(path.parent.iterdir())
    assert subprocess.run([sys.executable, "-c", KILLED, path]).returncode != 0
    (left,) = set(path.parent.iterdir()) - before
    assert left.read_bytes() == b"half"
    return left


@pytest.mark.skipif(os.name != "posix", reason="processes cannot be killed this way")
@pytest.mark.parametrize(
    "again", [lambda path: atomic_write(path).__enter__(), lambda path: writable_folder(path.parent)]
)
def test_what_a_killed_process_left_is_removed_at_the_next_start(tmp_path, again):
    left = killed_while_writing(tmp_path / "figure.png")
    again(tmp_path / "figure.png")
    assert not left.exists()


@pytest.mark.skipif(os.name != "posix", reason="processes cannot be killed this way")
def test_writing_one_file_removes_nothing_of_another(tmp_path):
    left = killed_while_writing(tmp_path / "figure.png")
    for other in ("figure", "png", "e.png"):
        with atomic_write(tmp_path / other):
            pass
    assert left.exists()


def test_what_a_living_process_or_another_machine_writes_stays_unless_it_is_a_day_old(tmp_path):
    path = tmp_path / "figure.png"
    with atomic_write(path) as mine:
        mine.write(b"mine")
        far = tmp_path / ".figure.png.99999999@far.example-1.org.abcd_123.part"
        far.write_text("half")
        theirs = [tmp_path / name for name in (".figure.png.old", "figure.png.1@here.abc.part", ".figure.png.abcd1234")]
        for file in theirs:
            file.write_text("not ours")
            os.utime(file, (0, 0))
        with atomic_write(path) as second:
            second.write(b"second")
        assert far.exists()
        os.utime(far, (time.time() - 25 * 3600,) * 2)
        writable_folder(tmp_path)
        assert not far.exists()
    assert path.read_bytes() == b"mine"
    assert sorted(tmp_path.iterdir()) == sorted([path, *theirs])
