/** Every admission plugin in the order in which it runs (upstream's), and which are on unless told otherwise. */
import type { Authorizer } from '../authz/authorizer.ts'
import type { RbacIndex } from '../authz/rbac/rbac-index.ts'
import { certificateApproval, certificateSigning, certificateSubjectRestriction } from './certificate-requests.ts'
import { claimResize } from './claim-resize.ts'
import { defaultIngressClass, defaultStorageClass } from './default-classes.ts'
import { defaultTolerationSeconds } from './default-toleration-seconds.ts'
import { limitRanger } from './limit-ranger.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import { nodeRestriction } from './node-restriction.ts'
import type { AdmissionPlugin } from './plugin.ts'
import { podSecurity } from './pod-security/pod-security.ts'
import { podPriority, priorityClasses } from './priority.ts'
import { resourceQuota } from './resource-quota/resource-quota.ts'
import { roleEscalation } from './role-escalation.ts'
import { runtimeClassAdmission } from './runtime-class.ts'
import { serviceAccountAdmission } from './service-account.ts'
import { storageProtection } from './storage-protection.ts'
import { taintNodesByCondition } from './taint-nodes-by-condition.ts'

export type PluginEntry = { readonly name: string; readonly isOnByDefault: boolean; readonly plugins: readonly AdmissionPlugin[] }

export type PluginDeps = {
  readonly authorizer: Authorizer
  /** Absent where RBAC is not in use. */
  readonly rbac?: RbacIndex | undefined
}

/** One plugin may consist of parts for several kinds. */
function allPlugins({ authorizer }: PluginDeps): readonly PluginEntry[] {
  return [
    on(namespaceLifecycle),
    on(...limitRanger),
    on(serviceAccountAdmission),
    off(...nodeRestriction),
    on(taintNodesByCondition),
    on(podSecurity),
    on(podPriority, priorityClasses),
    on(defaultTolerationSeconds),
    on(defaultStorageClass),
    on(...storageProtection),
    on(claimResize),
    on(runtimeClassAdmission),
    on(certificateApproval(authorizer)),
    on(certificateSigning(authorizer)),
    on(certificateSubjectRestriction),
    on(defaultIngressClass),
    on(resourceQuota()),
  ]
}

/** Names of upstream's plugins that are not here yet: to name them is no mistake, but has no effect. */
const laterPlugins: readonly string[] = [
  'AlwaysAdmit',
  'AlwaysDeny',
  'AlwaysPullImages',
  'ClusterTrustBundleAttest',
  'DenyServiceExternalIPs',
  'EventRateLimit',
  'ExtendedResourceToleration',
  'ImagePolicyWebhook',
  'LimitPodHardAntiAffinityTopology',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionWebhook',
  'NamespaceAutoProvision',
  'NamespaceExists',
  'OwnerReferencesPermissionEnforcement',
  'PodNodeSelector',
  'PodTolerationRestriction',
  'PodTopologyLabels',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionWebhook',
]

export type PluginChoice = {
  /** `--enable-admission-plugins` */
  readonly enabled: readonly string[]
  /** `--disable-admission-plugins` */
  readonly disabled: readonly string[]
}

/** Throws an Error that names an unknown plugin. */
export function chosenPlugins(deps: PluginDeps, { enabled, disabled }: PluginChoice): readonly AdmissionPlugin[] {
  const entries = allPlugins(deps)
  const names = new Set([...entries.map((entry) => entry.name), ...laterPlugins])
  const unknown = [...enabled, ...disabled].filter((name) => !names.has(name))
  if (unknown.length > 0) throw new Error(`unknown admission plugin ${unknown.join(', ')}: known are ${[...names].sort().join(', ')}`)
  const chosen = entries.filter(({ name, isOnByDefault }) => !disabled.includes(name) && (isOnByDefault || enabled.includes(name)))
  const always = deps.rbac === undefined ? [] : roleEscalation({ index: deps.rbac, authorizer: deps.authorizer })
  return [...chosen.flatMap((entry) => entry.plugins), ...always]
}

function on(...plugins: readonly [AdmissionPlugin, ...AdmissionPlugin[]]): PluginEntry {
  return { name: plugins[0].name, isOnByDefault: true, plugins }
}

function off(...plugins: readonly AdmissionPlugin[]): PluginEntry {
  return { name: plugins[0]?.name ?? '', isOnByDefault: false, plugins }
}
