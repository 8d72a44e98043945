"""What a user asks the package itself."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import datasets
import labs
import nn
import vae
from vae.__main__ import main

ROOT = Path(__file__).parents[1]


def test_the_version_is_told_and_is_the_same_everywhere(capsys):
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith(f"bare-vae {vae.__version__} (Python ")
    assert f"\nversion: {vae.__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(rf"^## \[.*{re.escape(vae.__version__)}", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)


def test_python_m_vae_says_what_there_is():
    done = subprocess.run([sys.executable, "-m", "vae"], capture_output=True, text=True, check=True, cwd=ROOT)
    words = done.stdout.replace(",", " ").split()
    assert set(vae.ARCHITECTURES) <= set(words)
    assert {"mutual_information_gap", "dci", "sap_score"} <= set(words)
    assert not {"compare", "evaluate", "baselines"} & set(words)
    assert max(map(len, done.stdout.splitlines())) <= 100


@pytest.mark.parametrize("package", [nn, vae, datasets, labs], ids=lambda package: package.__name__)
def test_type_checkers_may_read_our_annotations(package):
    assert (Path(package.__file__).parent / "py.typed").exists()
