/** The fields that `--field-selector` knows of pods; schedulers and kubelets watch by them. */
import type { Pod } from '../types.gen.ts'

export const podSelectableFields: Readonly<Record<string, (pod: Pod) => string>> = {
  'spec.nodeName': (pod) => pod.spec.nodeName ?? '',
  'spec.restartPolicy': (pod) => pod.spec.restartPolicy ?? '',
  'spec.schedulerName': (pod) => pod.spec.schedulerName ?? '',
  'spec.serviceAccountName': (pod) => pod.spec.serviceAccountName ?? '',
  'spec.hostNetwork': (pod) => String(pod.spec.hostNetwork ?? false),
  'status.phase': (pod) => pod.status.phase ?? '',
  'status.podIP': (pod) => pod.status.podIP ?? pod.status.podIPs?.[0]?.ip ?? '',
  'status.podIPs': (pod) => (pod.status.podIPs ?? []).map((podIP) => podIP.ip).join(','),
  'status.nominatedNodeName': (pod) => pod.status.nominatedNodeName ?? '',
}
