/** What the spec of a pod has to keep, in upstream's order (ValidatePodSpec). */
import { duplicate, type FieldErrors, type FieldPath, forbiddenField, invalid, notSupported, required, tooLong } from '#meta/field-path'
import { isDns1123Label, isDns1123Subdomain, isQualifiedName } from '#meta/names'
import { invalidEach, validateLabels } from '#meta/object-meta-validation'
import type { ObjectMeta } from '#meta/types.gen'
import { legacyIpProblems } from '../../ip-address.ts'
import { validateBetween } from '../../number-validation.ts'
import { internalForm } from '../../shown/internal-form.ts'
import * as schemas from '../schema.gen.ts'
import type { PodSpec } from '../types.gen.ts'
import { validateAffinity } from './affinity-validation.ts'
import { validateContainers } from './container-validation.ts'
import { validateDnsConfig, validateDnsPolicy } from './dns-validation.ts'
import { validateFileVolumes } from './env-validation.ts'
import { validateHostNetworkPorts } from './port-validation.ts'
import { validateOverhead, validatePodResources } from './resource-validation.ts'
import { validatePodSecurityContext } from './security-context-validation.ts'
import { validateSpreadConstraints } from './spread-validation.ts'
import { validateTolerations } from './toleration-validation.ts'
import { validateVolumes } from './volume-validation.ts'
import { validateHostProcess, validateOwnSystem } from './windows-validation.ts'

const int32Max = 2_147_483_647
const hostnameBytesMax = 64
const restartPolicies = ['Always', 'OnFailure', 'Never']

export function* validatePodSpec(spec: PodSpec, metadata: ObjectMeta, at: FieldPath): FieldErrors {
  const volumes = yield* validateVolumes(spec.volumes ?? [], metadata, at.field('volumes'))
  yield* validateResourceClaims(spec, at.field('resourceClaims'))
  yield* validateContainers(spec, volumes, at)
  yield* validatePodResources(spec, at.field('resources'))
  yield* validateHostNetworkPorts(spec, at.field('containers'))
  yield* validateHostnameOverride(spec, at.field('hostnameOverride'))
  yield* validateRestartPolicy(spec, at.field('restartPolicy'))
  yield* validateDnsPolicy(spec, at)
  yield* validateLabels(spec.nodeSelector, at.field('nodeSelector'))
  yield* validatePodSecurityContext(spec, at.field('securityContext'))
  yield* validateAffinity(spec.affinity, at.field('affinity'))
  yield* validateDnsConfig(spec, at.field('dnsConfig'))
  yield* validateGates(spec, at)
  yield* validateSpreadConstraints(spec.topologySpreadConstraints ?? [], at.field('topologySpreadConstraints'))
  yield* validateHostProcess(spec, at)
  yield* validateHostUsers(spec, at)
  yield* validateNames(spec, at)
  yield* validateTolerations(spec.tolerations ?? [], at.field('tolerations'))
  yield* validateHostAliases(spec, at.field('hostAliases'))
  yield* validatePriority(spec, at)
  if (spec.overhead !== undefined) yield* validateOverhead(spec.overhead, at.field('overhead'))
  yield* validateSystem(spec, at)
  yield* validateFileVolumes(spec, at)
}

function* validateRestartPolicy({ restartPolicy = '' }: PodSpec, at: FieldPath): FieldErrors {
  if (restartPolicy === '') yield required(at)
  else if (!restartPolicies.includes(restartPolicy)) yield notSupported(at, restartPolicy, restartPolicies)
}

function* validateResourceClaims({ resourceClaims = [] }: PodSpec, at: FieldPath): FieldErrors {
  const seen = new Set<string>()
  for (const [index, claim] of resourceClaims.entries()) {
    const here = at.index(index)
    const { name = '' } = claim
    if (name === '') yield required(here.field('name'))
    else if (seen.has(name)) yield duplicate(here.field('name'), name)
    else yield* invalidEach(here.field('name'), name, isDns1123Label(name))
    seen.add(name)
    const shown = internalForm(schemas.PodResourceClaim, claim)
    const { resourceClaimName, resourceClaimTemplateName } = claim
    if (resourceClaimName !== undefined && resourceClaimTemplateName !== undefined) {
      yield invalid(here, shown, 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified')
    }
    if (resourceClaimName === undefined && resourceClaimTemplateName === undefined) {
      yield invalid(here, shown, 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`')
    }
    for (const [field, text] of Object.entries({ resourceClaimName, resourceClaimTemplateName }))
      if (text !== undefined) yield* invalidEach(here.field(field), text, isDns1123Subdomain(text))
  }
}

function* validateGates({ readinessGates = [], schedulingGates = [] }: PodSpec, at: FieldPath): FieldErrors {
  for (const [index, { conditionType }] of readinessGates.entries()) {
    yield* invalidEach(at.field('readinessGates').index(index).field('conditionType'), conditionType, isQualifiedName(conditionType))
  }
  const seen = new Set<string>()
  for (const [index, { name }] of schedulingGates.entries()) {
    const here = at.field('schedulingGates').index(index)
    yield* invalidEach(here, name, isQualifiedName(name))
    if (seen.has(name)) yield duplicate(here, name)
    seen.add(name)
  }
}

function* validateNames(spec: PodSpec, at: FieldPath): FieldErrors {
  const { serviceAccountName, nodeName, activeDeadlineSeconds, hostname, subdomain } = spec
  if (serviceAccountName) yield* invalidEach(at.field('serviceAccountName'), serviceAccountName, isDns1123Subdomain(serviceAccountName))
  if (nodeName) yield* invalidEach(at.field('nodeName'), nodeName, isDns1123Subdomain(nodeName))
  yield* validateBetween(activeDeadlineSeconds, 1, int32Max, at.field('activeDeadlineSeconds'))
  if (hostname) yield* invalidEach(at.field('hostname'), hostname, isDns1123Label(hostname))
  if (subdomain) yield* invalidEach(at.field('subdomain'), subdomain, isDns1123Label(subdomain))
}

function* validateHostAliases({ hostAliases = [] }: PodSpec, at: FieldPath): FieldErrors {
  for (const [index, { ip, hostnames = [] }] of hostAliases.entries()) {
    const here = at.index(index)
    yield* invalidEach(here.field('ip'), ip, legacyIpProblems(ip))
    for (const [position, hostname] of hostnames.entries())
      yield* invalidEach(here.field('hostnames').index(position), hostname, isDns1123Subdomain(hostname))
  }
}

function* validatePriority({ priorityClassName, runtimeClassName, preemptionPolicy }: PodSpec, at: FieldPath): FieldErrors {
  if (priorityClassName) yield* invalidEach(at.field('priorityClassName'), priorityClassName, isDns1123Subdomain(priorityClassName))
  if (runtimeClassName !== undefined)
    yield* invalidEach(at.field('runtimeClassName'), runtimeClassName, isDns1123Subdomain(runtimeClassName))
  const policies = ['PreemptLowerPriority', 'Never']
  if (preemptionPolicy !== undefined && !policies.includes(preemptionPolicy))
    yield notSupported(at.field('preemptionPolicy'), preemptionPolicy, policies)
}

function* validateSystem(spec: PodSpec, at: FieldPath): FieldErrors {
  const { os } = spec
  const systems = ['linux', 'windows']
  if (os !== undefined && !os.name) yield required(at.field('os').field('name'))
  else if (os !== undefined && !systems.includes(os.name)) yield notSupported(at.field('os'), os.name, systems)
  yield* validateOwnSystem(spec, at)
}

function* validateHostnameOverride({ hostnameOverride: name, setHostnameAsFQDN, hostNetwork }: PodSpec, at: FieldPath): FieldErrors {
  if (name === undefined) return
  if (setHostnameAsFQDN === true) yield forbiddenField(at, 'may not be specified when setHostnameAsFQDN is true')
  if (hostNetwork === true) yield forbiddenField(at, 'may not be specified when hostNetwork is true')
  if (name.length > hostnameBytesMax) yield tooLong(at, hostnameBytesMax)
  yield* invalidEach(at, name, isDns1123Subdomain(name))
}

/** Users of its own do not go with what a pod shares with its host. */
function* validateHostUsers({ hostUsers, hostNetwork, hostPID, hostIPC, containers }: PodSpec, at: FieldPath): FieldErrors {
  if (hostUsers !== false) return
  const message = 'when `hostUsers` is false'
  // As upstream: the names of fields as Go has them.
  const shared = { hostNetwork, HostPID: hostPID, HostIPC: hostIPC }
  for (const [field, isShared] of Object.entries(shared)) if (isShared) yield forbiddenField(at.field(field), message)
  for (const [index, { volumeDevices = [] }] of (containers ?? []).entries())
    if (volumeDevices.length > 0) yield forbiddenField(at.field('containers').index(index).field('volumeDevices'), message)
}
