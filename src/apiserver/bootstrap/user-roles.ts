/** What people and groups may do: the roles that an administrator binds, and those that everyone has. */
import type { RoleTable } from './rule.ts'
import { allow, allowPaths, core, coreAndEvents, read, readWrite, write } from './rule.ts'

/** Complete roles, by name. */
export const userRoles: RoleTable = {
  'cluster-admin': [allow('*', '*', '*'), allowPaths('*', '*')],
  'system:basic-user': [
    allow('create', 'authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews'),
    allow('create', 'authentication.k8s.io', 'selfsubjectreviews'),
  ],
  'system:certificates.k8s.io:certificatesigningrequests:nodeclient': [
    allow('create', 'certificates.k8s.io', 'certificatesigningrequests/nodeclient'),
  ],
  'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient': [
    allow('create', 'certificates.k8s.io', 'certificatesigningrequests/selfnodeclient'),
  ],
  'system:certificates.k8s.io:kube-apiserver-client-approver': [
    allow('approve', 'certificates.k8s.io', 'signers', 'kubernetes.io/kube-apiserver-client'),
  ],
  'system:certificates.k8s.io:kube-apiserver-client-kubelet-approver': [
    allow('approve', 'certificates.k8s.io', 'signers', 'kubernetes.io/kube-apiserver-client-kubelet'),
  ],
  'system:certificates.k8s.io:kubelet-serving-approver': [
    allow('approve', 'certificates.k8s.io', 'signers', 'kubernetes.io/kubelet-serving'),
  ],
  'system:certificates.k8s.io:legacy-unknown-approver': [
    allow('approve', 'certificates.k8s.io', 'signers', 'kubernetes.io/legacy-unknown'),
  ],
  'system:discovery': [allowPaths('get', '/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/')],
  'system:monitoring': [
    allowPaths('get', '/flagz /healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/* /statusz'),
    allow('get', core, 'nodes/metrics'),
  ],
  'system:public-info-viewer': [allowPaths('get', '/healthz /livez /readyz /version /version/')],
  'system:service-account-issuer-discovery': [
    allowPaths('get', '/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/'),
  ],
}

/** The pieces that `admin`, `edit` and `view` are gathered from; the last word is the role that a piece belongs to. */
export const aggregatedRoles: RoleTable = {
  admin: [
    allow('create', 'authorization.k8s.io', 'localsubjectaccessreviews'),
    allow(readWrite, 'rbac.authorization.k8s.io', 'rolebindings roles'),
  ],
  edit: [
    allow(read, core, 'pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy'),
    allow('impersonate', core, 'serviceaccounts'),
    allow(write, core, 'pods pods/attach pods/exec pods/portforward pods/proxy'),
    allow('create', core, 'pods/eviction'),
    allow(
      write,
      core,
      'configmaps persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy',
    ),
    allow('create', core, 'serviceaccounts/token'),
    allow(write, coreAndEvents, 'events'),
    allow(
      write,
      'apps',
      'daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale',
    ),
    allow(write, 'autoscaling', 'horizontalpodautoscalers'),
    allow(write, 'batch', 'cronjobs jobs'),
    allow(
      write,
      'extensions',
      'daemonsets deployments deployments/rollback deployments/scale ingresses networkpolicies replicasets replicasets/scale replicationcontrollers/scale',
    ),
    allow(write, 'policy', 'poddisruptionbudgets'),
    allow(write, 'networking.k8s.io', 'ingresses networkpolicies'),
    allow(readWrite, 'coordination.k8s.io', 'leases'),
    allow(write, 'resource.k8s.io', 'resourceclaims resourceclaimtemplates'),
  ],
  view: [
    allow(
      read,
      core,
      'configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status',
    ),
    allow(
      read,
      core,
      'bindings limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status',
    ),
    allow(read, core, 'namespaces'),
    allow(read, coreAndEvents, 'events'),
    allow(read, 'discovery.k8s.io', 'endpointslices'),
    allow(
      read,
      'apps',
      'controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status',
    ),
    allow(read, 'autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status'),
    allow(read, 'batch', 'cronjobs cronjobs/status jobs jobs/status'),
    allow(
      read,
      'extensions',
      'daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses ingresses/status networkpolicies replicasets replicasets/scale replicasets/status replicationcontrollers/scale',
    ),
    allow(read, 'policy', 'poddisruptionbudgets poddisruptionbudgets/status'),
    allow(read, 'networking.k8s.io', 'ingresses ingresses/status networkpolicies'),
    allow(read, 'resource.k8s.io', 'resourceclaims resourceclaims/status resourceclaimtemplates'),
  ],
}
