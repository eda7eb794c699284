/** Labels of the Kubernetes domains that a node may put on itself; the others steer workloads and belong to administrators. Pure. */

type Labels = Readonly<Record<string, string>>

const ownLabels: ReadonlySet<string> = new Set([
  'kubernetes.io/hostname',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'node.kubernetes.io/instance-type',
  'beta.kubernetes.io/instance-type',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
])
const ownNamespaces = ['kubelet.kubernetes.io', 'node.kubernetes.io']
const guardedDomains = ['kubernetes.io', 'k8s.io']

/** The labels that a node changed and must not, sorted. */
export function changedForbiddenLabels(next: Labels, old: Labels): readonly string[] {
  const changed = [...new Set([...Object.keys(next), ...Object.keys(old)])].filter((label) => next[label] !== old[label])
  return changed.filter((label) => !isOwn(label)).sort()
}

function isOwn(label: string): boolean {
  const namespace = label.includes('/') ? label.slice(0, label.indexOf('/')) : ''
  const isGuarded = guardedDomains.some((domain) => isWithin(namespace, domain))
  return !isGuarded || ownLabels.has(label) || ownNamespaces.some((own) => isWithin(namespace, own))
}

function isWithin(namespace: string, domain: string): boolean {
  return namespace === domain || namespace.endsWith(`.${domain}`)
}
