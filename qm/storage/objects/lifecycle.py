"""Rules by which the store itself tidies up below our prefix: uploads that nobody finished, versions, old objects."""

from collections.abc import Mapping
from dataclasses import dataclass

from minio.commonconfig import ENABLED, Filter
from minio.error import S3Error
from minio.lifecycleconfig import (
    AbortIncompleteMultipartUpload,
    Expiration,
    LifecycleConfig,
    NoncurrentVersionExpiration,
    Rule,
)

from qm.errors import ConflictError, StorageError
from qm.storage.objects.s3_bucket import Bucket
from qm.storage.objects.s3_errors import UNSUPPORTED, translated

OURS = "quality-equation-"
UPLOADS, VERSIONS, OBJECTS = "uploads", "versions", "objects"
"""What a rule tidies up."""


@dataclass(frozen=True)
class Lifecycle:
    """Days after which each kind goes (ours, below our prefix), and the names of the bucket's other rules."""

    days: Mapping[str, int]
    others: tuple[str, ...] = ()


def read_lifecycle(bucket: Bucket) -> Lifecycle:
    """The rules in force.

    Raises:
        StorageError: the store can't be used, or has no such rules.
    """
    ours = {}
    others = []
    for rule in _rules(bucket):
        name = rule.rule_id or "(no name)"
        kind, days = name.removeprefix(OURS), _days(rule)
        if name.startswith(OURS) and days is not None and _prefix(rule) == bucket.address.prefix:
            ours[kind] = days
        else:
            others.append(name)
    return Lifecycle(ours, tuple(others))


def set_lifecycle(bucket: Bucket, days: Mapping[str, int]) -> Lifecycle:
    """Put rules in the place of ours; a kind that isn't named gets none. Returns what the store then has.

    Raises:
        ConflictError: the bucket has rules of others, which the client would write anew, with what it knows of them.
        StorageError: the store can't be used, or has no such rules.
    """
    found = read_lifecycle(bucket)
    if found.others:
        hint = "set them by the store's own tool, all together, or give us a bucket of our own"
        raise ConflictError("objects.foreign_rules", f"{bucket.about} has rules of others: {found.others}", hint)
    rules = [_rule(kind, count, bucket.address.prefix) for kind, count in days.items()]
    with translated(bucket.about):
        if rules:
            bucket.client.set_bucket_lifecycle(bucket.address.bucket, LifecycleConfig(rules))
        else:
            bucket.client.delete_bucket_lifecycle(bucket.address.bucket)
    return read_lifecycle(bucket)


def _rules(bucket: Bucket) -> list[Rule]:
    with translated(bucket.about):
        try:
            found = bucket.client.get_bucket_lifecycle(bucket.address.bucket)
        except S3Error as error:
            if error.code not in UNSUPPORTED:
                raise
            hint = "run `qm objects sweep` from time to time instead"
            raise StorageError("objects.no_lifecycle", f"{bucket.about} has no lifecycle rules", hint) from error
    return list(found.rules) if found else []


def _rule(kind: str, days: int, prefix: str) -> Rule:
    return Rule(
        ENABLED, rule_filter=Filter(prefix=prefix), rule_id=OURS + kind,
        abort_incomplete_multipart_upload=AbortIncompleteMultipartUpload(days) if kind == UPLOADS else None,
        noncurrent_version_expiration=NoncurrentVersionExpiration(days) if kind == VERSIONS else None,
        expiration=Expiration(days=days) if kind == OBJECTS else None,
    )  # fmt: skip


def _days(rule: Rule) -> int | None:
    if rule.abort_incomplete_multipart_upload:
        return rule.abort_incomplete_multipart_upload.days_after_initiation
    if rule.noncurrent_version_expiration:
        return rule.noncurrent_version_expiration.noncurrent_days
    return rule.expiration.days if rule.expiration else None


def _prefix(rule: Rule) -> str:
    return (rule.rule_filter.prefix or "") if rule.rule_filter else ""
