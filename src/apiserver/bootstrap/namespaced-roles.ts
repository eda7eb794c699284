/** Roles within the system namespaces. */
import type { RoleTable } from './rule.ts'
import { allow, core, read, recordEvents } from './rule.ts'

/** Roles of `kube-public`. */
export const kubePublicRoles: RoleTable = {
  'system:controller:bootstrap-signer': [
    allow(read, core, 'configmaps'),
    allow('update', core, 'configmaps', 'cluster-info'),
    recordEvents,
  ],
}

/** Roles of `kube-system`. */
export const kubeSystemRoles: RoleTable = {
  'extension-apiserver-authentication-reader': [allow(read, core, 'configmaps', 'extension-apiserver-authentication')],
  'system::leader-locking-kube-controller-manager': [
    allow('create get list update watch', 'coordination.k8s.io', 'leases'),
    allow('create get list update watch', 'coordination.k8s.io', 'leasecandidates'),
  ],
  'system::leader-locking-kube-scheduler': [
    allow('create get list update watch', 'coordination.k8s.io', 'leases'),
    allow('create get list update watch', 'coordination.k8s.io', 'leasecandidates'),
  ],
  'system:controller:bootstrap-signer': [allow(read, core, 'secrets')],
  'system:controller:cloud-provider': [allow('create get list watch', core, 'configmaps')],
  'system:controller:token-cleaner': [allow('delete get list watch', core, 'secrets'), recordEvents],
}
