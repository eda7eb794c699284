/** Which kind is described by what. All other kinds are described by their fields. */
import type { KubeObject } from '#meta/object'
import type { AnyObject } from '../resources/unstructured.ts'
import { describeSigningRequest } from './certificate-signing-request.ts'
import { describeConfigMap, describeSecret, describeServiceAccount } from './configuration.ts'
import { describeDeployment } from './deployment.ts'
import { describeEndpointSlice, describeEndpoints } from './endpoints.ts'
import { describeAutoscaler } from './horizontal-pod-autoscaler.ts'
import { describeIngress, describeIngressClass } from './ingress.ts'
import { describeCronJob, describeJob } from './jobs.ts'
import { describeLimitRange, describeQuota } from './limits.ts'
import type { Lines } from './lines.ts'
import { describeNamespace } from './namespace.ts'
import { describeNetworkPolicy } from './network-policy.ts'
import { describeNode } from './node.ts'
import { describePersistentVolume } from './persistent-volume.ts'
import { describeClaim } from './persistent-volume-claim.ts'
import { describePod } from './pod.ts'
import { describeBudget } from './pod-disruption-budget.ts'
import { describePriorityClass } from './priority-class.ts'
import { describeBinding, describeRole } from './rbac.ts'
import { describeService } from './service.ts'
import { describeIpAddress, describeServiceCidr } from './service-cidr.ts'
import { describeCsiNode, describeStorageClass, describeVolumeAttributesClass } from './storage.ts'
import type { Surroundings } from './surroundings.ts'
import { describeDaemonSet, describeReplicaSet, describeReplicationController, describeStatefulSet } from './workloads.ts'

type Describer = (object: AnyObject, around: Surroundings) => Promise<Lines> | Lines

/** By kind and group: `Pod`, `Deployment.apps`. */
const describers: Readonly<Record<string, Describer>> = {
  ConfigMap: typed(describeConfigMap),
  Endpoints: typed(describeEndpoints),
  LimitRange: typed(describeLimitRange),
  Namespace: typed(describeNamespace),
  Node: typed(describeNode),
  PersistentVolume: typed(describePersistentVolume),
  PersistentVolumeClaim: typed(describeClaim),
  Pod: typed(describePod),
  ReplicationController: typed(describeReplicationController),
  ResourceQuota: typed(describeQuota),
  Secret: typed(describeSecret),
  Service: typed(describeService),
  ServiceAccount: typed(describeServiceAccount),
  'CertificateSigningRequest.certificates.k8s.io': typed(describeSigningRequest),
  'ClusterRole.rbac.authorization.k8s.io': typed(describeRole),
  'ClusterRoleBinding.rbac.authorization.k8s.io': typed(describeBinding),
  'CronJob.batch': typed(describeCronJob),
  'CSINode.storage.k8s.io': typed(describeCsiNode),
  'DaemonSet.apps': typed(describeDaemonSet),
  'Deployment.apps': typed(describeDeployment),
  'EndpointSlice.discovery.k8s.io': typed(describeEndpointSlice),
  'HorizontalPodAutoscaler.autoscaling': typed(describeAutoscaler),
  'Ingress.networking.k8s.io': typed(describeIngress),
  'IngressClass.networking.k8s.io': typed(describeIngressClass),
  'IPAddress.networking.k8s.io': typed(describeIpAddress),
  'Job.batch': typed(describeJob),
  'NetworkPolicy.networking.k8s.io': typed(describeNetworkPolicy),
  'PodDisruptionBudget.policy': typed(describeBudget),
  'PriorityClass.scheduling.k8s.io': typed(describePriorityClass),
  'ReplicaSet.apps': typed(describeReplicaSet),
  'Role.rbac.authorization.k8s.io': typed(describeRole),
  'RoleBinding.rbac.authorization.k8s.io': typed(describeBinding),
  'ServiceCIDR.networking.k8s.io': typed(describeServiceCidr),
  'StatefulSet.apps': typed(describeStatefulSet),
  'StorageClass.storage.k8s.io': typed(describeStorageClass),
  'VolumeAttributesClass.storage.k8s.io': typed(describeVolumeAttributesClass),
}

/** The server's answer is of the kind that it says it is. */
function typed<T extends KubeObject>(describe: (object: T, around: Surroundings) => Promise<Lines> | Lines): Describer {
  return (object, around) => describe(object as unknown as T, around)
}

export function describerOf({ kind, group }: { readonly kind: string; readonly group: string }): Describer | undefined {
  return describers[group === '' ? kind : `${kind}.${group}`]
}
