"""A filled site on each database, made once and copied for every test."""

import shutil

import pytest

from qm.storage.database import Database
from tests.unit.erasure_site import Site

FILLED = "filled_qm"


def _fill(url, folder):
    database = Database(url)
    database.upgrade()
    Site(database, folder, url).fill()
    database.close()
    return folder


@pytest.fixture(scope="session")
def _filled_sqlite(tmp_path_factory):
    folder = tmp_path_factory.mktemp("filled")
    _fill(f"sqlite:///{folder / 'q.db'}", folder / "data")
    return folder


@pytest.fixture(scope="session")
def _filled_postgres(postgres_server, _postgres_template, tmp_path_factory):
    return _fill(postgres_server.create(FILLED, _postgres_template), tmp_path_factory.mktemp("filled") / "data")


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request, tmp_path):
    """The test runs once on each: database, object store and folders with six contacts of three customers."""
    if request.param == "sqlite":
        shutil.copytree(request.getfixturevalue("_filled_sqlite"), tmp_path, dirs_exist_ok=True)
        url = f"sqlite:///{tmp_path / 'q.db'}"
    else:
        shutil.copytree(request.getfixturevalue("_filled_postgres"), tmp_path / "data")
        server, name = request.getfixturevalue("postgres_server"), f"s{id(request)}"
        url = server.create(name, FILLED)
    database = Database(url)
    yield Site(database, tmp_path / "data", url)
    database.close()
    if request.param == "postgresql":
        server.drop(name)
