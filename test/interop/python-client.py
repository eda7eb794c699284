"""Drives a cluster with the official Python client (22.6 and later) and prints what it saw as one JSON object.

Called with a kubeconfig and a JSON file that holds the pod, the deployment and the patches.
"""

import json
import sys
import threading

from kubernetes import client, config, watch
from kubernetes.client.rest import ApiException
from kubernetes.stream import stream

NAMESPACE = "default"


def main(kubeconfig, inputs):
    config.load_kube_config(kubeconfig)
    core, apps = client.CoreV1Api(), client.AppsV1Api()
    seen = {**patch_deployment(apps, inputs["deployment"], inputs["patches"]), **use_pod(core, inputs["pod"])}
    print(json.dumps(seen))


def patch_deployment(apps, manifest, patches):
    apps.create_namespaced_deployment(NAMESPACE, manifest)
    # The client sends a list as a JSON patch and an object as a strategic merge patch.
    json_patched = apps.patch_namespaced_deployment("idle", NAMESPACE, patches["json"])
    strategic = apps.patch_namespaced_deployment("idle", NAMESPACE, patches["strategic"])
    merged = client.ApiClient().call_api(
        f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/idle",
        "PATCH",
        body=patches["merge"],
        header_params={"Content-Type": "application/merge-patch+json"},
        response_type="V1Deployment",
        auth_settings=["BearerToken"],
        _return_http_data_only=True,
    )
    apps.delete_namespaced_deployment("idle", NAMESPACE)
    return {
        "json": json_patched.metadata.annotations["colour"],
        "strategic": [one.name for one in strategic.spec.template.spec.containers],
        "merge": merged.metadata.annotations.get("colour", "gone") + " " + merged.metadata.annotations["size"],
    }


def use_pod(core, manifest):
    events = []
    watcher = threading.Thread(target=watch_pods, args=(core, events))
    watcher.start()
    core.create_namespaced_pod(NAMESPACE, manifest)
    wait_until_running(core)
    seen = {"log": core.read_namespaced_pod_log("talker", NAMESPACE), **execute(core)}
    core.delete_namespaced_pod("talker", NAMESPACE)
    watcher.join(30)
    return {**seen, "events": events, "afterDeletion": status_of_reading(core)}


def watch_pods(core, events):
    for event in watch.Watch().stream(core.list_namespaced_pod, NAMESPACE, timeout_seconds=60):
        events.append([event["type"], event["object"].status.phase])
        if event["type"] == "DELETED":
            return


def wait_until_running(core):
    watcher = watch.Watch()
    for event in watcher.stream(core.list_namespaced_pod, NAMESPACE, timeout_seconds=60):
        if event["object"].status.phase == "Running":
            watcher.stop()


def execute(core):
    command = ["sh", "-c", "echo hello; echo oh >&2; exit 7"]
    call = stream(
        core.connect_get_namespaced_pod_exec,
        "talker",
        NAMESPACE,
        command=command,
        stdout=True,
        stderr=True,
        stdin=False,
        tty=False,
        _preload_content=False,
    )
    call.run_forever(timeout=30)
    return {"stdout": call.read_stdout(), "stderr": call.read_stderr(), "exitCode": call.returncode}


def status_of_reading(core):
    try:
        core.read_namespaced_pod("talker", NAMESPACE)
        return 200
    except ApiException as error:
        return error.status


with open(sys.argv[2], encoding="utf-8") as file:
    main(sys.argv[1], json.load(file))
