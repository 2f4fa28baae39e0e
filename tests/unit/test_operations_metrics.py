"""Counting, handing on between processes, and what Prometheus reads."""

import ast
import http.client
import json
import pickle
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from qm.config import REPOSITORY
from qm.errors import SettingsError
from qm.operations.measures import MEASURES, PREFIX, Kind
from qm.operations.metrics import MOST_SERIES, Metrics, render
from qm.operations.metrics_server import MetricsServer
from qm.operations.probe import is_alive

STAGES = st.sampled_from(["store", "transcribe", "score"])
NOTES = st.lists(st.tuples(STAGES, st.floats(0, 5000)), max_size=60)


def told(metrics: Metrics, gauges=None):
    """Samples by name and labels, as Prometheus' own parser reads them."""
    text = render(metrics, gauges)[0].decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_counters_add_up_and_gauges_are_read_now():
    metrics = Metrics()
    for _ in range(3):
        metrics.add("contacts", 1, {"outcome": "done"})
    depth = iter([5.0, 2.0])
    gauges = lambda: [("queue_tasks", ("waiting",), next(depth))]  # noqa: E731
    assert told(metrics, gauges)["qm_contacts_total", (("outcome", "done"),)] == 3
    assert told(metrics, gauges)["qm_queue_tasks", (("state", "waiting"),)] == 2
    assert ("qm_queue_tasks", (("state", "waiting"),)) not in told(metrics)


def test_a_bound_of_a_bucket_belongs_to_it():
    metrics = Metrics()
    for seconds in (0.01, 0.0100001, 9999.0):
        metrics.add("stage_seconds", seconds, {"stage": "score"})
    samples = told(metrics)
    buckets = {labels[0][1]: value for (name, labels), value in samples.items() if name.endswith("_bucket")}
    assert (buckets["0.01"], buckets["0.05"], buckets["1800"], buckets["+Inf"]) == (1, 2, 2, 3)


def test_real_time_factor_is_wall_time_by_audio():
    metrics = Metrics()
    assert "qm_real_time_factor" not in {name for name, _labels in told(metrics)}
    metrics.add("audio_seconds", 600, {})
    metrics.add("work_seconds", 60, {})
    assert told(metrics)["qm_real_time_factor", ()] == pytest.approx(0.1)


@given(here=NOTES, there=NOTES, later=NOTES)
def test_what_children_hand_on_counts_as_if_it_were_counted_here(here, there, later):
    alone, parent, child = Metrics(), Metrics(), Metrics()
    for stage, seconds in [*here, *there, *later]:
        alone.add("stage_seconds", seconds, {"stage": stage})
    for stage, seconds in here:
        parent.add("stage_seconds", seconds, {"stage": stage})
    for notes in (there, later):
        for stage, seconds in notes:
            child.add("stage_seconds", seconds, {"stage": stage})
        parent.absorb(pickle.loads(pickle.dumps(child.drain())))
    assert child.drain() == []
    assert told(parent) == pytest.approx(told(alone))


def test_a_flood_of_labels_ends_under_other():
    metrics = Metrics()
    for number in range(3 * MOST_SERIES):
        metrics.add("failures", 1, {"code": f"made.up_{number}", "stage": "score"})
    codes = [labels for name, labels in told(metrics) if name == "qm_failures_total"]
    assert len(codes) == MOST_SERIES + 1
    assert metrics.value("failures", code="other", stage="other") == 2 * MOST_SERIES


@pytest.mark.parametrize(
    ("name", "labels"), [("contacts", {}), ("contacts", {"contact": "C-1"}), ("surprises", {})],
    ids=["missing", "foreign", "unknown"],
)  # fmt: skip
def test_a_metric_has_its_labels_and_no_others(name, labels):
    with pytest.raises(KeyError):
        Metrics().add(name, 1, labels)


def test_threads_lose_nothing():
    metrics = Metrics()

    def work():
        for _ in range(500):
            metrics.add("lease_losses", 1, {})

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert metrics.value("lease_losses") == 4000


def test_no_label_can_hold_an_id_and_histograms_have_buckets():
    labels = {label for measure in MEASURES.values() for label in measure.labels}
    assert not labels & {"contact", "run", "worker", "customer", "agent", "object", "id", "path"}
    assert all(bool(measure.buckets) == (measure.kind is Kind.HISTOGRAM) for measure in MEASURES.values())


def test_every_metric_is_documented():
    page = (REPOSITORY / "docs" / "operations.md").read_text(encoding="utf-8")
    assert {name for name in MEASURES if f"`{PREFIX}{name}" not in page} == set()


def test_every_use_names_a_metric_with_its_labels():
    uses = 0
    for package in ("qm", "pipelines", "api"):
        for path in (REPOSITORY / package).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            for node in ast.walk(ast.parse(text)) if "operations.metrics" in text else ():
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
                    continue
                first = node.args[0]
                if node.func.id in {"count", "observe", "timed"} and isinstance(first, ast.Constant):
                    uses += 1
                    given_labels = {keyword.arg for keyword in node.keywords}
                    assert given_labels == set(MEASURES[first.value].labels), f"{path}:{node.lineno}"
    assert uses


def ask(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def test_a_worker_answers_metrics_health_and_readiness():
    states = {"database": "ok"}
    server = MetricsServer("127.0.0.1", 0, lambda: [("queue_tasks", ("waiting",), 7.0)], lambda: states)
    try:
        assert b'qm_queue_tasks{state="waiting"} 7.0' in ask(server.port, "/metrics")[1]
        assert is_alive(server.port)
        assert ask(server.port, "/readyz?verbose")[0] == 200
        states["database"] = "database.connection_lost"
        status, body = ask(server.port, "/readyz")
        assert (status, json.loads(body)["parts"]) == (503, states)
        assert ask(server.port, "/healthz")[0] == 200
        assert ask(server.port, "/etc/passwd")[0] == 404
        with pytest.raises(SettingsError, match="can't listen") as refused:
            MetricsServer("127.0.0.1", server.port, None, dict)
        assert refused.value.code == "metrics.port"
    finally:
        server.close()
    assert not is_alive(server.port)
