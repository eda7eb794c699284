/** Every admission plugin in the order in which it runs (upstream's), and which are on unless told otherwise. */

import type { Clock } from '#base/env/clock'
import type { Authorizer } from '../authz/authorizer.ts'
import type { RbacIndex } from '../authz/rbac/rbac-index.ts'
import type { KindTable } from '../exchange.ts'
import type { ReviewClient } from '../webhooks/review-client.ts'
import { type AdmissionConfiguration, noAdmissionConfiguration } from './admission-configuration.ts'
import { alwaysAdmit, alwaysDeny } from './always-decide.ts'
import { alwaysPullImages } from './always-pull-images.ts'
import { antiAffinityTopology } from './anti-affinity-topology.ts'
import { certificateApproval, certificateSigning, certificateSubjectRestriction } from './certificate-requests.ts'
import { claimResize } from './claim-resize.ts'
import { defaultIngressClass, defaultStorageClass } from './default-classes.ts'
import { defaultTolerationSeconds } from './default-toleration-seconds.ts'
import { denyServiceExternalIps } from './deny-external-ips.ts'
import { eventRateLimit } from './event-rate-limit.ts'
import { extendedResourceToleration } from './extended-resource-toleration.ts'
import { imagePolicyWebhook } from './image-policy.ts'
import { limitRanger } from './limit-ranger.ts'
import { namespaceAutoProvision } from './namespace-autoprovision.ts'
import { namespaceExists } from './namespace-exists.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import { nodeDeclaredFeatures } from './node-declared-features.ts'
import { nodeRestriction } from './node-restriction.ts'
import { ownerReferencesPermission } from './owner-references.ts'
import type { AdmissionPlugin } from './plugin.ts'
import { podNodeSelector } from './pod-node-selector.ts'
import { podResize } from './pod-resize.ts'
import { podSecurity } from './pod-security/pod-security.ts'
import { podTolerationRestriction } from './pod-toleration-restriction.ts'
import { podTopologyLabels } from './pod-topology-labels.ts'
import { podPriority, priorityClasses } from './priority.ts'
import { resourceQuota } from './resource-quota/resource-quota.ts'
import { roleEscalation } from './role-escalation.ts'
import { runtimeClassAdmission } from './runtime-class.ts'
import { serviceAccountAdmission } from './service-account.ts'
import { storageProtection } from './storage-protection.ts'
import { taintNodesByCondition } from './taint-nodes-by-condition.ts'
import { trustBundleAttest } from './trust-bundle-attest.ts'

export type PluginEntry = { readonly name: string; readonly isOnByDefault: boolean; readonly plugins: () => readonly AdmissionPlugin[] }

export type PluginDeps = {
  readonly clock: Clock
  readonly authorizer: Authorizer
  readonly kinds: KindTable
  /** Absent where RBAC is not in use. */
  readonly rbac?: RbacIndex | undefined
}

/** One plugin may consist of parts for several kinds. Those that take a configuration are made when they are chosen. */
function allPlugins({ authorizer, kinds, clock }: PluginDeps, { plugins, imagePolicy }: AdmissionConfiguration): readonly PluginEntry[] {
  return [
    off(alwaysAdmit.name, () => [alwaysAdmit]),
    off('NamespaceAutoProvision', () => [namespaceAutoProvision]),
    on(namespaceLifecycle),
    off('NamespaceExists', () => [namespaceExists]),
    off('LimitPodHardAntiAffinityTopology', () => [antiAffinityTopology]),
    on(...limitRanger),
    on(serviceAccountAdmission),
    off('NodeRestriction', () => nodeRestriction(authorizer)),
    on(taintNodesByCondition),
    off('AlwaysPullImages', () => [alwaysPullImages]),
    off('ImagePolicyWebhook', () => [imagePolicyWebhook({ clock, client: configured(imagePolicy) }, plugins.get('ImagePolicyWebhook'))]),
    on(podSecurity),
    off('PodNodeSelector', () => [podNodeSelector(plugins.get('PodNodeSelector'))]),
    on(podPriority, priorityClasses),
    on(defaultTolerationSeconds),
    off('PodTolerationRestriction', () => [podTolerationRestriction(plugins.get('PodTolerationRestriction'))]),
    off('EventRateLimit', () => [eventRateLimit(clock, plugins.get('EventRateLimit'))]),
    off('ExtendedResourceToleration', () => [extendedResourceToleration]),
    on(defaultStorageClass),
    on(...storageProtection),
    off('OwnerReferencesPermissionEnforcement', () => [ownerReferencesPermission(authorizer, kinds)]),
    on(claimResize),
    on(runtimeClassAdmission),
    on(certificateApproval(authorizer)),
    on(certificateSigning(authorizer)),
    on(trustBundleAttest(authorizer)),
    on(certificateSubjectRestriction),
    on(defaultIngressClass),
    off('DenyServiceExternalIPs', () => [denyServiceExternalIps]),
    on(...podTopologyLabels),
    on(nodeDeclaredFeatures),
    on(podResize),
    on(resourceQuota()),
    off(alwaysDeny.name, () => [alwaysDeny]),
  ]
}

function configured(client: ReviewClient | undefined): ReviewClient {
  if (client === undefined) throw new Error('ImagePolicyWebhook: no kubeConfigFile is configured')
  return client
}

/** Names of upstream's plugins that are not here yet: to name them is no mistake, but has no effect. */
const laterPlugins: readonly string[] = [
  'JobValidation',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionWebhook',
  'PodGroupProtection',
  'PodGroupWorkloadExists',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionWebhook',
]

export type PluginChoice = {
  /** `--enable-admission-plugins` */
  readonly enabled: readonly string[]
  /** `--disable-admission-plugins` */
  readonly disabled: readonly string[]
  /** `--admission-control-config-file` */
  readonly configuration?: AdmissionConfiguration | undefined
}

/** Throws an Error that names an unknown plugin. */
export function chosenPlugins(
  deps: PluginDeps,
  { enabled, disabled, configuration = noAdmissionConfiguration }: PluginChoice,
): readonly AdmissionPlugin[] {
  const entries = allPlugins(deps, configuration)
  const names = new Set([...entries.map((entry) => entry.name), ...laterPlugins])
  const unknown = [...enabled, ...disabled].filter((name) => !names.has(name))
  if (unknown.length > 0) throw new Error(`unknown admission plugin ${unknown.join(', ')}: known are ${[...names].sort().join(', ')}`)
  const chosen = entries.filter(({ name, isOnByDefault }) => !disabled.includes(name) && (isOnByDefault || enabled.includes(name)))
  const always = deps.rbac === undefined ? [] : roleEscalation({ index: deps.rbac, authorizer: deps.authorizer })
  return [...chosen.flatMap((entry) => entry.plugins()), ...always]
}

function on(...plugins: readonly [AdmissionPlugin, ...AdmissionPlugin[]]): PluginEntry {
  return { name: plugins[0].name, isOnByDefault: true, plugins: () => plugins }
}

function off(name: string, plugins: () => readonly AdmissionPlugin[]): PluginEntry {
  return { name, isOnByDefault: false, plugins }
}
