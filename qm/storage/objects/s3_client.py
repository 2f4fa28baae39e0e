"""Connect to an S3-compatible store by the settings."""

import logging
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.helpers import check_bucket_name
from minio.sse import Sse, SseS3

from qm.config import Settings
from qm.errors import SettingsError

CONNECT_S = 5.0
READ_S = 60.0
"""Longest silence of the store within an answer."""
RETRIES = 2
"""Of one request, for a hiccup; a store that is away is the business of whoever owns the step."""
PASSING_STATUS = (500, 502, 503, 504)


@dataclass(frozen=True)
class Address:
    """A bucket and the beginning of the names in it: empty, or with a slash at its end."""

    bucket: str
    prefix: str

    @classmethod
    def read(cls, text: str) -> "Address":
        """Of `s3://bucket/prefix`.

        Raises:
            SettingsError: no store would have a bucket of that name.
        """
        parts = urlsplit(text)
        try:
            check_bucket_name(parts.netloc, strict=True)
        except ValueError as error:
            hint = "3 to 63 small letters, digits, dots and hyphens: s3://bucket or s3://bucket/prefix"
            raise SettingsError("settings.objects", f"{text}: {error}", hint) from None
        path = parts.path.strip("/")
        return cls(parts.netloc, f"{path}/" if path else "")


def connect(settings: Settings) -> Minio:
    """A client; nothing is sent yet.

    Raises:
        SettingsError: a setting is missing or wrong, or its file can't be read.
    """
    secure, host = _endpoint(settings.s3_endpoint)
    if not settings.s3_key or not settings.s3_secret_file:
        message = f"{settings.objects} needs QM_S3_KEY and QM_S3_SECRET_FILE"
        raise SettingsError("settings.objects", message, "set both; the file holds the secret key and nothing else")
    pool = urllib3.PoolManager(
        timeout=urllib3.Timeout(connect=CONNECT_S, read=READ_S), maxsize=8,
        ssl_context=_trust(settings.s3_ca_file) if secure else None,
        retries=urllib3.Retry(RETRIES, backoff_factor=0.2, status_forcelist=PASSING_STATUS, raise_on_status=False),
    )  # fmt: skip
    # It would warn of every repeat, with names of objects; what comes of the repeats is told by our own errors.
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)
    secret = _secret(Path(settings.s3_secret_file))
    return Minio(host, settings.s3_key, secret, secure=secure, region=settings.s3_region or None, http_client=pool)


def encryption(settings: Settings) -> Sse | None:
    """What is asked of the store for every object; `None` where nothing is."""
    return None if settings.s3_encryption == "none" else SseS3()


def _endpoint(text: str) -> tuple[bool, str]:
    """True for TLS, and host with port."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or "@" in parts.netloc or parts.path.strip("/"):
        raise SettingsError("settings.objects", "QM_S3_ENDPOINT isn't an address", "write it like https://host:9000")
    return parts.scheme == "https", parts.netloc


def _secret(path: Path) -> str:
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it isn't text"
        message = f"QM_S3_SECRET_FILE: {path} can't be read: {reason}"
        raise SettingsError("settings.secret_file", message, "name a file that only this user may read") from None
    if not secret:
        raise SettingsError("settings.secret_file", f"QM_S3_SECRET_FILE: {path} is empty", "put the secret key into it")
    return secret


def _trust(ca_file: str) -> ssl.SSLContext:
    """The authorities of `ca_file` alone, or those of the system."""
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:  # an SSLError is one, too
        message = f"QM_S3_CA_FILE: {ca_file} can't be used: {error.strerror or error}"
        raise SettingsError("settings.ca_file", message, "name a file of certificates in PEM form") from None
