"""Drives an API server without nodes with the official Python client and prints what it saw as one JSON object.

Called with a kubeconfig.
"""

import json
import sys

from kubernetes import client, config, dynamic, watch
from kubernetes.client.rest import ApiException

NAMESPACE = "default"
APPLY = "application/apply-patch+yaml"


def main():
    config.load_kube_config(sys.argv[1])
    core = client.CoreV1Api()
    print(json.dumps({**watches(core), **patches(core), **pages(core), **subresources(core), **untyped()}))


def config_map(name, data=None):
    return {"metadata": {"name": name, "labels": {"made": "here"}}, "data": data or {}}


def watches(core):
    start = core.list_namespaced_config_map(NAMESPACE).metadata.resource_version
    core.create_namespaced_config_map(NAMESPACE, config_map("watched"))
    core.delete_namespaced_config_map("watched", NAMESPACE)
    events = []
    for event in watch.Watch().stream(core.list_namespaced_config_map, NAMESPACE, resource_version=start, timeout_seconds=20):
        events.append(event["type"])
        if event["type"] == "DELETED":
            break
    # One try is enough: without it the client would list again by itself.
    expired = status_of(lambda: list(watch.Watch().stream(core.list_namespaced_config_map, NAMESPACE, resource_version="1", timeout_seconds=20)))
    return {"events": events, "expired": expired}


def patches(core):
    core.create_namespaced_config_map(NAMESPACE, config_map("m", {"a": "1"}))
    core.patch_namespaced_config_map("m", NAMESPACE, [{"op": "add", "path": "/data/json", "value": "1"}])
    core.patch_namespaced_config_map("m", NAMESPACE, {"data": {"strategic": "1"}})
    raw_patch("m", {"data": {"merge": "1"}}, "application/merge-patch+json")
    wanted = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}, "data": {"applied": "1"}}
    raw_patch("m", wanted, APPLY, fieldManager="one")
    wanted["data"]["applied"] = "2"
    conflict = status_of(lambda: raw_patch("m", wanted, APPLY, fieldManager="two"))
    return {"data": sorted(core.read_namespaced_config_map("m", NAMESPACE).data), "conflict": conflict}


def raw_patch(name, body, content_type, **query):
    return client.ApiClient().call_api(
        f"/api/v1/namespaces/{NAMESPACE}/configmaps/{name}",
        "PATCH",
        # The client can prepare an apply only from text.
        body=json.dumps(body) if content_type == APPLY else body,
        query_params=list(query.items()),
        header_params={"Content-Type": content_type},
        response_type="V1ConfigMap",
        auth_settings=["BearerToken"],
        _return_http_data_only=True,
    )


def pages(core):
    for number in range(5):
        core.create_namespaced_config_map(NAMESPACE, config_map(f"page-{number}"))
    sizes, token = [], None
    while token != "":
        page = core.list_namespaced_config_map(NAMESPACE, limit=2, _continue=token, field_selector="metadata.name!=m", label_selector="made=here")
        sizes.append(len(page.items))
        token = page.metadata._continue or ""
    return {"pages": sizes}


def subresources(core):
    apps, policy = client.AppsV1Api(), client.PolicyV1Api()
    template = {"metadata": {"labels": {"app": "idle"}}, "spec": {"containers": [{"name": "c", "image": "registry.example/c:1"}]}}
    spec = {"selector": {"matchLabels": {"app": "idle"}}, "template": template}
    apps.create_namespaced_deployment(NAMESPACE, {"metadata": {"name": "idle"}, "spec": spec})
    apps.patch_namespaced_deployment_scale("idle", NAMESPACE, {"spec": {"replicas": 4}})
    pod = {"metadata": {"name": "p", "labels": {"app": "evicted"}}, "spec": {**template["spec"], "nodeName": "n1"}}
    core.create_namespaced_pod(NAMESPACE, pod)
    core.patch_namespaced_pod_status("p", NAMESPACE, {"status": {"phase": "Running"}})
    budget = {"metadata": {"name": "all"}, "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "evicted"}}}}
    policy.create_namespaced_pod_disruption_budget(NAMESPACE, budget)
    evict = lambda: core.create_namespaced_pod_eviction("p", NAMESPACE, client.V1Eviction(metadata=client.V1ObjectMeta(name="p")))
    kept = status_of(evict)
    policy.delete_namespaced_pod_disruption_budget("all", NAMESPACE)
    core.create_namespaced_service_account(NAMESPACE, {"metadata": {"name": "robot"}})
    asked = client.AuthenticationV1TokenRequest(spec=client.V1TokenRequestSpec(audiences=[], expiration_seconds=600))
    token = core.create_namespaced_service_account_token("robot", NAMESPACE, asked).status.token
    review = client.AuthenticationV1Api().create_token_review({"spec": {"token": token}})
    return {
        "replicas": apps.read_namespaced_deployment("idle", NAMESPACE).spec.replicas,
        "kept": kept,
        "evicted": status_of(evict),
        "user": review.status.user.username,
    }


def untyped():
    objects = dynamic.DynamicClient(client.ApiClient()).resources.get(api_version="v1", kind="Service")
    made = objects.create(namespace=NAMESPACE, body={"metadata": {"name": "web"}, "spec": {"ports": [{"port": 80}]}})
    applied = objects.server_side_apply(
        namespace=NAMESPACE,
        name="web",
        field_manager="one",
        body=json.dumps({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "labels": {"a": "b"}}}),
    )
    return {"address": made.spec.clusterIP.startswith("10."), "labels": {"a": applied.metadata.labels["a"]}}


def status_of(call):
    try:
        call()
        return "ok"
    except ApiException as error:
        return error.status


main()
