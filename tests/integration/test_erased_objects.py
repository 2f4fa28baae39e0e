"""Erasing against a real S3 server that keeps versions: none of them is left."""

import io
from dataclasses import replace

import pytest

from qm.config import read_settings
from qm.domain.erasure import ErasureKind
from qm.storage.database import Database
from qm.storage.objects import make_objects
from tests.unit.erasure_site import Site


@pytest.fixture
def bucket(s3_server):
    return s3_server.new_bucket(versions=True)


def test_every_version_of_a_recording_goes(s3_server, bucket, sqlite_url, tmp_path):
    settings = read_settings({"QM_DATA": str(tmp_path / "data"), **s3_server.environment(bucket)}, tmp_path)
    objects, database = make_objects(settings), Database(sqlite_url)
    site = Site(database, tmp_path / "data", sqlite_url, objects).fill()
    with database.reading() as unit:
        sha256 = unit.outputs.recording("C-1")
    with objects.local(sha256) as path:
        assert path.read_bytes() == b"audio of C-1"
    certificate = site.erasure.erase(ErasureKind.CONTACT, "C-1", "request 7")
    assert certificate.is_clean
    assert certificate.objects_sha256 == (sha256,)
    assert certificate.counts["versions"] >= 1
    assert certificate.counts["copies"] == 1
    left = list(s3_server.client().list_objects(bucket, recursive=True, include_version=True))
    assert not [each for each in left if sha256 in each.object_name]
    assert len(list(objects.every())) == 5
    assert objects.put(io.BytesIO(b"audio of C-1")) == sha256, "the store itself isn't harmed"
    assert replace(certificate, why="") != certificate
    database.close()
