"""Answers that our test server never gives, from a stand-in that says what the stores' documentation says."""

import io
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from qm.config import read_settings
from qm.errors import DiskFullError, PassingError, StorageError
from qm.storage.objects import make_objects

ERROR = '<?xml version="1.0"?><Error><Code>{code}</Code><Message>said</Message><RequestId>1</RequestId></Error>'
EMPTY = '<?xml version="1.0"?><ListBucketResult><Name>b</Name><IsTruncated>false</IsTruncated></ListBucketResult>'


class Store(ThreadingHTTPServer):
    """Answers listings until told otherwise, and everything else with `status` and `code`."""

    daemon_threads = True
    status, code, lists = 403, "AccessDenied", True


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_one(self):
        self.rfile.read(int(self.headers.get("content-length") or 0))
        lists = self.server.lists and self.command == "GET" and "list-type=2" in self.path
        status = 200 if lists else 404 if self.command == "HEAD" and self.server.lists else self.server.status
        told = EMPTY if lists else ERROR.format(code=self.server.code) if self.server.code else "<html>a proxy</html>"
        body = b"" if self.command == "HEAD" else told.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/xml" if self.server.code or lists else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_one  # noqa: N815

    def log_message(self, *_what):
        pass


@pytest.fixture
def store(tmp_path):
    with Store(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        (tmp_path / "secret").write_text("very-secret")
        settings = read_settings(
            {
                "QM_DATA": str(tmp_path / "var"), "QM_OBJECTS": "s3://bucket",
                "QM_S3_ENDPOINT": f"http://127.0.0.1:{server.server_port}", "QM_S3_KEY": "key",
                "QM_S3_SECRET_FILE": str(tmp_path / "secret"), "QM_S3_REGION": "here",
            },
            tmp_path,
        )  # fmt: skip
        made = make_objects(settings)
        yield lambda **answers: vars(server).update(answers) or made
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("status", "code", "kind", "wanted"),
    [
        (400, "AuthorizationHeaderMalformed", StorageError, "objects.region"),
        (301, "PermanentRedirect", StorageError, "objects.region"),
        (507, "XMinioStorageFull", DiskFullError, "objects.full"),
        (403, "QuotaExceeded", DiskFullError, "objects.full"),
        (503, "SlowDown", PassingError, "objects.failing"),
        (500, "InternalError", PassingError, "objects.failing"),
        (599, "SomethingNew", PassingError, "objects.failing"),
        (403, "AccessDenied", StorageError, "objects.denied"),
        (400, "ExpiredToken", StorageError, "objects.credentials"),
        (418, "SomethingElse", StorageError, "objects.refused"),
        (502, "", PassingError, "objects.failing"),
        (404, "", StorageError, "objects.refused"),
    ],
)  # fmt: skip
def test_an_answer_becomes_an_error_with_a_hint(store, status, code, kind, wanted):
    with pytest.raises(kind) as caught:
        store(status=status, code=code).put(io.BytesIO(b"what was said"))
    assert caught.value.code == wanted
    assert isinstance(caught.value, PassingError) == (kind is PassingError)
    assert caught.value.hint
    assert "very-secret" not in str(caught.value)


def test_a_key_that_may_not_list_is_told_at_once(store):
    with pytest.raises(StorageError, match=r"objects\.denied.*rights to list"):
        store(lists=False).check()
