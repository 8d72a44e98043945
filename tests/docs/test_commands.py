"""Every command in README and docs exists, and takes the options that the page gives it."""

import contextlib
import io
import re
import runpy
import sys
from configparser import ConfigParser
from functools import cache

import pytest
from markdown_pages import PAGES, ROOT, commands, read

COMMANDS = [(name, command) for name in PAGES for command in commands(read(name))]
OTHERS = ("venv", "pytest")  # modules that are not ours


@pytest.mark.parametrize(("page", "command"), COMMANDS, ids=lambda words: words.replace("/", "."))
def test_the_command_takes_these_options(page, command):
    program, *words = re.sub("[\"'|]", " ", command).split()
    {"python": check_python, "pip": check_pip, "make": check_make}[program](words)


def check_python(words):
    target = f"-m {words[1]}" if words[0] == "-m" else words[0]
    arguments = words[2:] if words[0] == "-m" else words[1:]
    if target.removeprefix("-m ") in OTHERS:
        for path in arguments:
            assert path.startswith((".", "-")) or (ROOT / path).exists(), path
        return
    text = help_of(target, tuple(arguments[:1]))
    for option in arguments:
        if option.startswith("--"):
            assert re.search(rf"(?<![\w-]){re.escape(option.partition('=')[0])}(?![\w-])", text), (
                f"no {option}:\n{text}"
            )


def check_pip(words):
    config = ConfigParser()
    config.read(ROOT / "setup.cfg")
    for extras in re.findall(r"\[(.*?)\]", " ".join(words)):
        assert set(extras.split(",")) <= set(config["options.extras_require"])


def check_make(words):
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(words) <= set(targets)


@cache
def help_of(target, first):
    """What ``target --help`` says, with ``target first --help`` where it has commands; or a script without any."""
    path = ROOT / (f"{target[3:].replace('.', '/')}/__main__.py" if target.startswith("-m ") else target)
    source = path.read_text(encoding="utf-8")
    if not re.search(r"argparse|skeleton|commands", source):
        return source
    try:
        text = run(target, ["--help"])
    except ImportError:  # the benchmarks' rivals
        return source
    if first and re.search(rf"^ +{re.escape(first[0])}\b", text, re.MULTILINE):
        text += run(target, [first[0], "--help"])
    return text


def run(target, arguments):
    path, argv, printed = list(sys.path), list(sys.argv), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed), contextlib.suppress(SystemExit):
        try:
            if target.startswith("-m "):
                sys.argv = [target, *arguments]
                sys.modules.pop(f"{target[3:]}.__main__", None)  # of whoever imported it before: runpy warns of that
                runpy.run_module(target[3:], run_name="__main__", alter_sys=True)
            else:
                sys.argv, sys.path[:0] = [target, *arguments], [str((ROOT / target).parent)]
                runpy.run_path(str(ROOT / target), run_name="__main__")
        finally:
            sys.path[:], sys.argv = path, argv
    return printed.getvalue()
