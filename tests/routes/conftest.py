"""A test client over a temporary database that holds `sample_day`."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from qm.domain.people import Role


def _sample_day():  # with importlib import mode, neighbours aren't importable by name
    name = "qm_tests_sample_day"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("sample_day.py"))
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def sample():
    return _sample_day()


@pytest.fixture(scope="session")
def day_settings(sample, tmp_path_factory):
    settings = sample.settings_of(tmp_path_factory.mktemp("day"))
    sample.fill(settings)
    return settings


@pytest.fixture(scope="session")
def app(day_settings):
    return create_app(day_settings)


@pytest.fixture
def client(app, sample) -> Iterator[TestClient]:
    """An analyst who sees the whole site; `sample.sign_in` lets somebody else in."""
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        sample.sign_in(client, Role.ANALYST)
        yield client


@pytest.fixture
def auditor(app, sample) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        sample.sign_in(client, Role.AUDITOR)
        yield client


@pytest.fixture
def empty_client(sample, tmp_path) -> Iterator[TestClient]:
    from qm.storage.database import Database

    settings = sample.settings_of(tmp_path)
    database = Database(settings.database_url)
    database.upgrade()
    database.close()
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        sample.sign_in(client, Role.ANALYST)
        yield client
