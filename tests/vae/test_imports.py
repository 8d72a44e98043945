"""A foreign package called datasets, of which there is one, is recognised."""

import subprocess
import sys


def test_a_foreign_package_of_the_same_name_is_named(tmp_path):
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "__init__.py").write_text("def load_dataset(name): ...\n")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import vae"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode != 0
    assert "'import datasets' found another package of that name" in result.stderr
    assert str(tmp_path) in result.stderr
    assert "an environment of its own" in result.stderr


def test_no_package_imports_upwards():
    """nn knows neither datasets nor vae; datasets knows neither nn nor vae."""
    for package, others in (("nn", "datasets vae"), ("datasets", "nn vae")):
        code = f"import sys, {package}; sys.exit(any(name in sys.modules for name in {others.split()}))"
        assert subprocess.run([sys.executable, "-c", code]).returncode == 0
