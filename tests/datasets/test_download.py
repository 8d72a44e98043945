"""The download, against a server on the loopback interface that fails, truncates and lies."""

import gzip
import hashlib
import http.server
import threading

import pytest

from datasets import files
from datasets.files import PublicFile

CONTENT = b"the published bytes " * 1000


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        status, length, body = self.server.answers.get(self.path, (404, 0, b""))
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.setenv("DATASETS_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("NO_PROXY", "*")
    again, other = gzip.compress(CONTENT, 1), b"x" * len(CONTENT)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.asked = []
        server.answers = {
            "/good": (200, len(CONTENT), CONTENT),
            "/compressed-anew": (200, len(again), again),
            "/lies": (200, len(other), other),
            "/truncated": (200, len(CONTENT), CONTENT[:5000]),
            "/truncated-silently": (200, None, CONTENT[:5000]),
            "/truncated-gzip": (200, len(again) - 9, again[:-9]),
            "/endless": (200, None, CONTENT * 50),
            "/no-length": (200, None, CONTENT),
            "/bad-length": (200, "many", CONTENT[:100]),
            "/broken": (500, 0, b""),
        }
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def public(server, *paths):
    urls = tuple(f"http://127.0.0.1:{server.server_port}{path}" for path in paths)
    checksum = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"
    return PublicFile("some/file.gz", urls, checksum, largest=len(CONTENT))


@pytest.mark.parametrize("path", ["/good", "/compressed-anew", "/no-length"])
def test_a_file_is_downloaded_once(server, path):
    file = public(server, path)
    found = files.find_or_download(file)
    assert found == files.data_folder() / "some/file.gz"
    assert b"".join(files.chunks(found)) == CONTENT
    assert files.find_or_download(file) == found
    assert server.asked == [path]
    assert [entry.name for entry in found.parent.parent.rglob("*")] == ["some", "file.gz"]


BAD = [
    ("/lies", "not the published file"),
    ("/truncated", "connection broke off"),
    ("/truncated-silently", "not the published file"),
    ("/truncated-gzip", "not the published file"),
    ("/endless", "not the published file"),
    ("/bad-length", r"\("),
    ("/broken", "answered 500"),
    ("/missing", "answered 404 Not Found"),
]


@pytest.mark.parametrize(("path", "words"), BAD)
def test_a_bad_answer_leaves_nothing_behind_and_is_named(server, path, words):
    with pytest.raises(FileNotFoundError, match=words) as caught:
        files.find_or_download(public(server, path))
    message = str(caught.value)
    assert "file.gz is not in " in message
    assert str(files.data_folder() / "some") in message
    assert f"127.0.0.1:{server.server_port}{path}" in message
    assert list(files.data_folder().rglob("*")) == []


def test_the_next_mirror_is_asked_and_trying_again_works(server):
    bad = [path for path, _ in BAD]
    found = files.find_or_download(public(server, *bad, "/good"))
    assert found.read_bytes() == CONTENT
    assert server.asked == [*bad, "/good"]
    found.unlink()
    server.answers["/lies"] = server.answers["/good"]
    assert files.find_or_download(public(server, "/lies")).read_bytes() == CONTENT


def test_without_a_server_one_sentence_says_what_to_do(server):
    file = public(server, "/good")
    server.shutdown()
    server.server_close()
    with pytest.raises(FileNotFoundError, match=r"could not be downloaded from http.*\(no connection\): download it"):
        files.find_or_download(file)


def test_a_folder_that_cannot_be_written_into_is_named(server, tmp_path, monkeypatch):
    (tmp_path / "occupied").write_text("a file")
    monkeypatch.setenv("DATASETS_HOME", str(tmp_path / "occupied"))
    with pytest.raises(OSError, match=r"cannot write into the folder .*occupied"):
        files.find_or_download(public(server, "/good"))


def test_the_cache_folder_is_the_users_without_datasets_home(monkeypatch):
    monkeypatch.delenv("DATASETS_HOME")
    assert files.data_folder().name == "bare-vae"


@pytest.fixture(autouse=True)
def _datasets_home(monkeypatch, tmp_path):
    monkeypatch.setenv("DATASETS_HOME", str(tmp_path / "data"))
