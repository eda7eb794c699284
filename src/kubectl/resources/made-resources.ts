/** The resources of which kubectl makes objects by itself, so that this needs no question to the server. */
import type { ApiResource } from './resource-catalog.ts'

export const madeResources = {
  configMap: made('', 'v1', 'configmap', 'ConfigMap', 'Namespaced'),
  namespace: made('', 'v1', 'namespace', 'Namespace', 'Cluster'),
  pod: made('', 'v1', 'pod', 'Pod', 'Namespaced'),
  resourceQuota: made('', 'v1', 'resourcequota', 'ResourceQuota', 'Namespaced'),
  secret: made('', 'v1', 'secret', 'Secret', 'Namespaced'),
  service: made('', 'v1', 'service', 'Service', 'Namespaced'),
  serviceAccount: made('', 'v1', 'serviceaccount', 'ServiceAccount', 'Namespaced'),
  deployment: made('apps', 'v1', 'deployment', 'Deployment', 'Namespaced'),
  horizontalPodAutoscaler: made('autoscaling', 'v2', 'horizontalpodautoscaler', 'HorizontalPodAutoscaler', 'Namespaced'),
  cronJob: made('batch', 'v1', 'cronjob', 'CronJob', 'Namespaced'),
  job: made('batch', 'v1', 'job', 'Job', 'Namespaced'),
  certificateSigningRequest: made('certificates.k8s.io', 'v1', 'certificatesigningrequest', 'CertificateSigningRequest', 'Cluster'),
  ingress: made('networking.k8s.io', 'v1', 'ingress', 'Ingress', 'Namespaced', 'ingresses'),
  podDisruptionBudget: made('policy', 'v1', 'poddisruptionbudget', 'PodDisruptionBudget', 'Namespaced'),
  clusterRole: made('rbac.authorization.k8s.io', 'v1', 'clusterrole', 'ClusterRole', 'Cluster'),
  clusterRoleBinding: made('rbac.authorization.k8s.io', 'v1', 'clusterrolebinding', 'ClusterRoleBinding', 'Cluster'),
  role: made('rbac.authorization.k8s.io', 'v1', 'role', 'Role', 'Namespaced'),
  roleBinding: made('rbac.authorization.k8s.io', 'v1', 'rolebinding', 'RoleBinding', 'Namespaced'),
  priorityClass: made('scheduling.k8s.io', 'v1', 'priorityclass', 'PriorityClass', 'Cluster', 'priorityclasses'),
} as const

function made(
  group: string,
  version: string,
  singular: string,
  kind: string,
  scope: ApiResource['scope'],
  plural = `${singular}s`,
): ApiResource {
  return { group, version, plural, singular, kind, scope, shortNames: [], categories: [], verbs: [], subresources: [] }
}
