/** Who has which bootstrap role. Controllers are not listed: each has the role of its own name. */
import type { Subject } from '#kinds/rbac/types.gen'

function user(name: string): Subject {
  return { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name }
}

function group(name: string): Subject {
  return { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name }
}

export function serviceAccount(name: string): Subject {
  return { kind: 'ServiceAccount', name, namespace: 'kube-system' }
}

/** Cluster role -> who has it in the whole cluster. */
export const clusterBindings: Readonly<Record<string, readonly Subject[]>> = {
  'cluster-admin': [group('system:masters')],
  'system:basic-user': [group('system:authenticated')],
  'system:discovery': [group('system:authenticated')],
  'system:kube-controller-manager': [user('system:kube-controller-manager')],
  'system:kube-dns': [serviceAccount('kube-dns')],
  'system:kube-scheduler': [user('system:kube-scheduler')],
  'system:monitoring': [group('system:monitoring')],
  // Nodes get these rights from the Node authorizer, for their own objects only.
  'system:node': [],
  'system:node-proxier': [user('system:kube-proxy')],
  'system:public-info-viewer': [group('system:authenticated'), group('system:unauthenticated')],
  'system:service-account-issuer-discovery': [group('system:serviceaccounts')],
  'system:volume-scheduler': [user('system:kube-scheduler')],
}

/** A binding within a namespace. */
export type NamespacedBinding = { readonly name: string; readonly role: string; readonly subjects: readonly Subject[] }

export const kubePublicBindings: readonly NamespacedBinding[] = [ownAccount('bootstrap-signer')]

export const kubeSystemBindings: readonly NamespacedBinding[] = [
  {
    name: 'system::extension-apiserver-authentication-reader',
    role: 'extension-apiserver-authentication-reader',
    subjects: [user('system:kube-controller-manager'), user('system:kube-scheduler')],
  },
  {
    name: 'system::leader-locking-kube-controller-manager',
    role: 'system::leader-locking-kube-controller-manager',
    subjects: [
      user('system:kube-controller-manager'),
      serviceAccount('kube-controller-manager'),
      serviceAccount('leader-election-controller'),
    ],
  },
  {
    name: 'system::leader-locking-kube-scheduler',
    role: 'system::leader-locking-kube-scheduler',
    subjects: [user('system:kube-scheduler'), serviceAccount('kube-scheduler')],
  },
  ownAccount('bootstrap-signer'),
  ownAccount('cloud-provider'),
  ownAccount('token-cleaner'),
]

function ownAccount(controller: string): NamespacedBinding {
  const name = `system:controller:${controller}`
  return { name, role: name, subjects: [serviceAccount(controller)] }
}
