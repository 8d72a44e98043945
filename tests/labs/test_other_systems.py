"""What Windows and macOS lack, taken away here: the labs' commands must go on without it."""

import os
import signal
import subprocess
import sys

import pytest

from labs.harness import child, files, release, sandbox
from labs.harness.commands import main
from labs.harness.starting import stub
from labs.harness.stub import full_solution
from labs.harness.watching import watch


@pytest.fixture
def windows(monkeypatch):
    """No users, groups, signals and limits, and the commands that are called instead."""
    for name in ("geteuid", "killpg", "chown", "fork"):
        monkeypatch.delattr(os, name)
    monkeypatch.delattr(signal, "SIGKILL")
    monkeypatch.setattr(sandbox, "WINDOWS", True)
    monkeypatch.setattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 512, raising=False)
    started, called = subprocess.Popen, []

    def popen(command, *, creationflags, **options):
        assert creationflags == 512
        assert "start_new_session" not in options
        return started(command, **options)

    def run(command, **options):
        called.append(command)
        started(["kill", "-9", command[-1]], stderr=subprocess.DEVNULL).wait()

    monkeypatch.setattr(sandbox.subprocess, "Popen", popen)
    monkeypatch.setattr(sandbox.subprocess, "run", run)
    return called


def test_a_check_runs_as_on_windows(windows, dense_lab, submit, capsys):
    file = submit()
    assert main(["check", "2", "Dense.forward", "--folder", str(file.parent)]) == 0
    assert "1 passed" in capsys.readouterr().out
    assert windows[0][:4] == ["taskkill", "/T", "/F", "/PID"]


def test_a_hang_is_ended_as_on_windows(windows, monkeypatch, dense_lab, submit, capsys):
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 2)
    file = submit("\n\nwhile True: pass\n")
    assert main(["check", "2", "Dense.forward", "--folder", str(file.parent)]) == 1
    assert "still running after 2 seconds" in capsys.readouterr().out


def test_without_taskkill_at_least_the_child_ends(windows, monkeypatch, dense_lab, submit, capsys):
    def run(command, **options):
        raise FileNotFoundError(2, "The system cannot find the file specified")

    monkeypatch.setattr(sandbox.subprocess, "run", run)
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 2)
    file = submit("\n\nwhile True: pass\n")
    assert main(["check", "2", "Dense.forward", "--folder", str(file.parent)]) == 1
    assert "still running after 2 seconds" in capsys.readouterr().out


def test_without_the_resource_module_there_are_no_limits(monkeypatch):
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_CPU)
    monkeypatch.setitem(sys.modules, "resource", None)
    child.limit_resources()
    assert resource.getrlimit(resource.RLIMIT_CPU) == before


def test_a_limit_that_the_system_lacks_or_refuses_is_passed_over(monkeypatch):
    """macOS refuses the one on the address space."""

    passed = []

    class Resource:
        RLIMIT_AS, RLIMIT_CPU, RLIMIT_FSIZE = "memory", "time", "file"  # and no RLIMIT_CORE, RLIMIT_NPROC

        @staticmethod
        def setrlimit(name, limits):
            if name == "memory":
                raise ValueError("current limit exceeds maximum limit")
            passed.append(name)

    monkeypatch.setitem(sys.modules, "resource", Resource)
    child.limit_resources()
    assert passed == ["time", "file"]


def test_letters_that_a_console_lacks_are_replaced(submit, dense_lab):
    """A Windows console of code page 1252, or a pipe: no UnicodeEncodeError of ours."""
    source = full_solution(dense_lab).replace("self.x = x", "self.x = x; print('β = ∇')", 1)
    file = submit(source=source.replace("x @ self.W.data + self.b.data", "x @ self.W.data"))
    done = subprocess.run(
        [sys.executable, "-m", "labs", "check", "2", "Dense.forward", "--folder", str(file.parent)],
        env=os.environ | {"PYTHONIOENCODING": "cp1252"}, capture_output=True, encoding="cp1252",
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "| ? = ?" in done.stdout


def test_what_a_check_prints_is_utf8_in_any_locale(submit, dense_lab, monkeypatch, capsys):
    monkeypatch.setattr(sandbox, "_environment", lambda job: {"PATH": os.environ["PATH"], "LC_ALL": "POSIX"})
    source = full_solution(dense_lab).replace("self.x = x", "self.x = x; print('β')", 1)
    file = submit(source=source.replace("x @ self.W.data + self.b.data", "x @ self.W.data"))
    assert main(["check", "2", "Dense.forward", "--folder", str(file.parent)]) == 1
    assert "| β" in capsys.readouterr().out


@pytest.mark.parametrize("start", [b"\xef\xbb\xbf", b""])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_files_as_windows_editors_write_them(submit, dense_lab, start, end):
    """With a byte order mark, with \\r\\n."""
    file = submit()
    file.write_bytes(start + file.read_bytes().replace(b"\n", end))
    assert main(["check", "2", "Dense.forward", "--folder", str(file.parent)]) == 0


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_a_file_in_another_encoding_is_said_in_words(submit, dense_lab, encoding, capsys):
    """As PowerShell's > writes it, or an old editor."""
    file = submit()
    file.write_bytes(f"UNIT = 'Größe'\n{full_solution(dense_lab)}".encode(encoding))
    assert main(["check", "2", "Dense.forward", "--folder", str(file.parent)]) == 1
    said = capsys.readouterr().out
    assert "Save it as UTF-8." in said
    assert "None" not in said


def test_a_zip_that_another_program_holds(tmp_path, monkeypatch):
    def refuse(source, target):
        raise PermissionError(13, "Access is denied")

    monkeypatch.setattr(files, "PAUSE", 0)
    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(PermissionError, match="open in another program"):
        release._write_zip(tmp_path / "student.zip", {"README.md": "words"})
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_another_program_holds(tmp_path, monkeypatch):
    """Excel has the table open: tried again for a while, then said in words."""
    tries, replace = [], os.replace
    monkeypatch.setattr(files, "PAUSE", 0)

    def held(until):
        def refuse(source, target):
            tries.append(target)
            if len(tries) < until:
                raise PermissionError(13, "Access is denied")
            replace(source, target)

        return refuse

    monkeypatch.setattr(os, "replace", held(3))
    files.write_atomically(tmp_path / "report.csv", "one")
    assert (tmp_path / "report.csv").read_text() == "one"
    monkeypatch.setattr(os, "replace", held(1000))
    with pytest.raises(PermissionError, match="open in another program"):
        files.write_atomically(tmp_path / "report.csv", "two")
    assert [path.name for path in tmp_path.iterdir()] == ["report.csv"]


def test_watch_waits_while_an_editor_holds_the_file(tmp_path, monkeypatch):
    file, calls = tmp_path / "lab2.py", []
    file.write_text("mine")
    monkeypatch.setattr("labs.harness.watching.EVERY", 0.01)

    def check_once(lab, file, names):
        calls.append(1)
        if len(calls) == 1:
            raise PermissionError(13, "held by an editor")
        return 0

    assert watch(None, file, [], check_once, rounds=1) == 0
    assert len(calls) == 2


def test_a_folder_with_blanks_can_be_pasted_back(tmp_path, capsys, dense_lab):
    folder = tmp_path / "my labs"
    assert main(["start", "2", f"{folder}{os.sep}"]) == 0  # a backslash before the closing " would hide it from Windows
    assert f'--folder "{folder}"' in capsys.readouterr().out
    assert (folder / "lab2.py").read_text(encoding="utf-8") == stub(dense_lab)
