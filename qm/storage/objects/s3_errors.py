"""What an S3-compatible store says, as our errors: which of them time heals, and what to do about the others."""

from collections.abc import Iterator
from contextlib import contextmanager

from minio.error import InvalidResponseError, MinioException, S3Error, ServerError
from urllib3.exceptions import HTTPError, MaxRetryError, SSLError

from qm.errors import DiskFullError, PassingError, StorageError

SERVER_FAILED = 500
CREDENTIALS = frozenset(
    {"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken", "TokenRefreshRequired"}
)
DENIED = frozenset({"AccessDenied", "AllAccessDisabled", "AccountProblem", "InvalidObjectState"})
NO_BUCKET = frozenset({"NoSuchBucket"})
SKEWED = frozenset({"RequestTimeTooSkewed", "RequestExpired"})
REGION = frozenset(
    {"AuthorizationHeaderMalformed", "PermanentRedirect", "IllegalLocationConstraintException", "InvalidRegion"}
)
FULL = frozenset(
    {
        "XMinioStorageFull",
        "QuotaExceeded",
        "InsufficientCapacity",
        "XMinioAdminBucketQuotaExceeded",
        "InsufficientStorage",
    }
)
BUSY = frozenset(
    {"SlowDown", "SlowDownRead", "SlowDownWrite", "ServiceUnavailable", "InternalError", "RequestTimeout",
     "OperationAborted", "XMinioServerNotInitialized", "TemporaryRedirect"}
)  # fmt: skip
MISSING = frozenset({"NoSuchKey", "NoSuchVersion", "ResourceNotFound"})
UNSUPPORTED = frozenset({"NotImplemented", "MethodNotAllowed"})


@contextmanager
def translated(store: str) -> Iterator[None]:
    """Raise our errors in the place of the client's.

    Args:
        store: bucket and endpoint, for messages. Keys and secrets are in none of them.

    Raises:
        PassingError: the store is away, or fails for now.
        DiskFullError: it has no room.
        StorageError: it can't be used until somebody does something.
    """
    try:
        yield
    except S3Error as error:
        raise _of_code(error.code or "", error.message or "", error.response.status, store) from error
    except (ServerError, InvalidResponseError) as error:
        raise _of_status(error, store) from error
    except HTTPError as error:
        raise _of_connection(error, store) from error
    except (MinioException, ValueError) as error:
        raise _refused(str(error), store) from error


def _of_code(code: str, said: str, status: int, store: str) -> StorageError:
    for codes, make in _KINDS:
        if code in codes:
            return make(store, f"{code}: {said}")
    if status >= SERVER_FAILED:
        return _busy(store, f"{code}: {said}")
    return _refused(f"{code}: {said}", store)


def _of_status(error: ServerError | InvalidResponseError, store: str) -> StorageError:
    """Of an answer that isn't S3's XML: a proxy between us, or no S3 store at all."""
    status = error.status_code if isinstance(error, ServerError) else error._code  # noqa: SLF001 - it has no other name
    if status >= SERVER_FAILED:
        return _busy(store, f"status {status}")
    message = f"{store} answers with status {status}, and not as an S3 store does"
    return StorageError("objects.refused", message, "check QM_S3_ENDPOINT: host, port, http or https, a proxy between")


def _of_connection(error: HTTPError, store: str) -> StorageError:
    reason = error.reason if isinstance(error, MaxRetryError) and error.reason else error
    if isinstance(reason, SSLError) and _is_about_trust(str(reason)):
        message = f"the certificate of {store} isn't trusted: {_short(reason)}"
        return StorageError("objects.untrusted", message, "name its authority's certificate in QM_S3_CA_FILE")
    if isinstance(reason, SSLError):
        message = f"no TLS with {store}: {_short(reason)}"
        return StorageError("objects.no_tls", message, "check QM_S3_ENDPOINT: https:// or http://, and the port")
    message = f"{store} can't be reached: {_short(reason)}"
    return PassingError("objects.unreachable", message, "start it, or check QM_S3_ENDPOINT and the network; then again")


def _is_about_trust(said: str) -> bool:
    return "CERTIFICATE_VERIFY_FAILED" in said or "certificate verify failed" in said or "doesn't match" in said


def _short(error: Exception) -> str:
    """The last part of a chain of messages, without the addresses of Python objects."""
    return str(error).rsplit("object at 0x", 1)[-1].partition(">: ")[2] or str(error)


def _credentials(store: str, said: str) -> StorageError:
    return StorageError(
        "objects.credentials", f"{store} doesn't know our key: {said}", "check QM_S3_KEY and the file QM_S3_SECRET_FILE"
    )


def _denied(store: str, said: str) -> StorageError:
    hint = "the key needs the rights to list, read, write and delete in this bucket; an object lock may forbid it too"
    return StorageError("objects.denied", f"{store} forbids this: {said}", hint)


def _no_bucket(store: str, said: str) -> StorageError:
    return StorageError("objects.no_bucket", f"{store} isn't there: {said}", "make the bucket, or check QM_OBJECTS")


def _skewed(store: str, said: str) -> StorageError:
    hint = "set the clock of this host, or of the store, by a time server; they may differ by 15 minutes at most"
    return StorageError("objects.clock_skew", f"the clocks of this host and of {store} differ: {said}", hint)


def _region(store: str, said: str) -> StorageError:
    return StorageError(
        "objects.region", f"{store} is in another region: {said}", "set QM_S3_REGION to that of the bucket"
    )


def _full(store: str, said: str) -> StorageError:
    return DiskFullError(
        "objects.full", f"{store} has no room: {said}", "free room there or raise its quota, then again"
    )


def _busy(store: str, said: str) -> StorageError:
    hint = "look at the store's log, where it goes on; a full disk there looks like this too"
    return PassingError("objects.failing", f"{store} fails for now: {said}", hint)


def _refused(said: str, store: str) -> StorageError:
    return StorageError("objects.refused", f"{store} refuses: {said}", "see the store's documentation for this code")


_KINDS = (
    (CREDENTIALS, _credentials), (DENIED, _denied), (NO_BUCKET, _no_bucket), (SKEWED, _skewed), (REGION, _region),
    (FULL, _full), (BUSY, _busy),
)  # fmt: skip
