"""`deploy/kubernetes/ray.yaml` against schemas: Kubernetes' own for its kinds, ours for what we use of KubeRay.

KubeRay's resource definition isn't on the package indexes: `RAY_CLUSTER` states the fields and types that its Go
sources (`apis/ray/v1/raycluster_types.go`) give to what we use; pod templates are checked by Kubernetes' schema.
"""

import dataclasses

import pytest
import yaml
from jsonschema import Draft202012Validator

from qm.config import REPOSITORY, SETTINGS, read_settings

MANIFEST = REPOSITORY / "deploy" / "kubernetes" / "ray.yaml"
OUR_PLACES = {"QM_DATABASE_PASSWORD_FILE", "QM_S3_SECRET_FILE"}
TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
GROUP = {"rayStartParams": TEXTS, "template": {"type": "object", "required": ["spec"]}}
RAY_CLUSTER = {
    "type": "object",
    "required": ["apiVersion", "kind", "metadata", "spec"],
    "properties": {
        "apiVersion": {"const": "ray.io/v1"},
        "spec": {
            "type": "object",
            "additionalProperties": False,
            "required": ["headGroupSpec"],
            "properties": {
                "rayVersion": {"type": "string"},
                "authOptions": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {"mode": {"enum": ["token", "disabled"]}},
                },
                "enableInTreeAutoscaling": {"type": "boolean"},
                "headGroupSpec": {
                    "type": "object", "additionalProperties": False, "required": ["template"], "properties": GROUP,
                },
                "workerGroupSpecs": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["groupName", "template"],
                        "properties": {
                            **GROUP, "groupName": {"type": "string"}, "replicas": {"type": "integer", "minimum": 0},
                            "minReplicas": {"type": "integer", "minimum": 0}, "maxReplicas": {"type": "integer"},
                        },
                    },
                },
            },
        },
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def documents():
    return {each["kind"]: each for each in yaml.safe_load_all(MANIFEST.read_text(encoding="utf-8"))}


def templates(documents):
    spec = documents["RayCluster"]["spec"]
    found = {group["groupName"]: group["template"] for group in spec["workerGroupSpecs"]}
    return {"head": spec["headGroupSpec"]["template"], "driver": documents["Deployment"]["spec"]["template"], **found}


def test_kuberay_takes_it(documents):
    Draft202012Validator(RAY_CLUSTER).validate(documents["RayCluster"])


def test_kubernetes_takes_it(documents):
    kubernetes = pytest.importorskip("kubernetes_validate", reason="pip install kubernetes-validate")
    for kind in ("ConfigMap", "Deployment"):
        kubernetes.validate(documents[kind], "1.34", strict=True)
    for template in templates(documents).values():
        kubernetes.validate({"apiVersion": "v1", "kind": "PodTemplate", "template": template}, "1.34", strict=True)


def test_its_settings_are_ours(documents, tmp_path):
    data = documents["ConfigMap"]["data"]
    ours = {name: value for name, value in data.items() if name.startswith("QM_")}
    settings = read_settings(ours, tmp_path)
    assert (settings.executor, settings.ray_address) == ("ray", "auto")
    assert set(ours) <= {f"QM_{setting.name}" for setting in SETTINGS}
    assert all(isinstance(value, str) for value in data.values())
    assert dataclasses.replace(settings).database_url.startswith("postgresql")


def test_every_pod_is_locked_down_and_limited(documents):
    for name, template in templates(documents).items():
        (container,) = template["spec"]["containers"]
        assert container["securityContext"]["runAsNonRoot"] is True, name
        assert container["securityContext"]["allowPrivilegeEscalation"] is False, name
        assert set(container["resources"]) == {"requests", "limits"}, name
        assert template["spec"]["automountServiceAccountToken"] is False, name


def test_secrets_are_files_and_mounted_where_the_settings_look(documents):
    data = documents["ConfigMap"]["data"]
    for name in ("recognisers", "driver"):
        spec = templates(documents)[name]["spec"]
        (mount,) = [each for each in spec["containers"][0]["volumeMounts"] if each["name"] == "secrets"]
        assert all(data[place].startswith(mount["mountPath"]) for place in OUR_PLACES)
        assert {each["name"] for each in spec["volumes"]} == {"secrets", "data"}


def test_the_cluster_has_a_token_and_ray_is_the_one_we_lock(documents):
    cluster = documents["RayCluster"]
    assert cluster["spec"]["authOptions"] == {"mode": "token"}
    secret = documents["Deployment"]["spec"]["template"]["spec"]["containers"][0]["env"][1]["valueFrom"]["secretKeyRef"]
    assert secret["name"] == cluster["metadata"]["name"]
    assert f'"ray>={cluster["spec"]["rayVersion"].rpartition(".")[0]},' in (REPOSITORY / "pyproject.toml").read_text()
