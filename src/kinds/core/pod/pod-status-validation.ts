/** What the status of a pod has to keep (upstream: ValidatePodStatusUpdate). */
import { type FieldErrors, FieldPath, forbiddenField, immutable, invalid } from '#meta/field-path'
import { isDns1123Subdomain, isQualifiedName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { ipFamilyOf, ipMessage, parseIp } from '../../ip-address.ts'
import { validateBetween } from '../../number-validation.ts'
import type { ContainerStatus, Pod, PodSpec } from '../types.gen.ts'

const idMax = 2_147_483_647
const status = FieldPath.of('status')
const notNegative = 'must be a non-negative integer'

export function* validatePodStatusUpdate({ spec, status: next }: Pod, old: Pod): FieldErrors {
  yield* validateConditions(next)
  yield* validateNomination(next.nominatedNodeName, spec.nodeName, old)
  if ((next.observedGeneration ?? 0) < 0) yield invalid(status.field('observedGeneration'), next.observedGeneration, notNegative)
  if (old.status.qosClass !== undefined) yield* immutable(status.field('qosClass'), next.qosClass, old.status.qosClass)
  for (const field of statusLists) yield* validateTransitions(next[field] ?? [], old, field)
  yield* validateClaims(next.resourceClaimStatuses ?? [], spec)
  for (const field of statusLists) yield* validateUsers(next[field] ?? [], status.field(field))
  yield* validateIps(next.podIPs ?? [], status.field('podIPs'))
  yield* validateIps(next.hostIPs ?? [], status.field('hostIPs'))
}

const statusLists = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const
type StatusList = (typeof statusLists)[number]

function* validateConditions({ conditions = [] }: Pod['status']): FieldErrors {
  for (const [index, { type, observedGeneration = 0 }] of conditions.entries()) {
    const at = status.field('conditions').index(index)
    if (observedGeneration < 0) yield invalid(at.field('observedGeneration'), observedGeneration, notNegative)
    // As upstream, capital letter and all.
    if (!systemConditions.has(type)) yield* invalidEach(at.field('Type'), type, isQualifiedName(type))
  }
}

const systemConditions: ReadonlySet<string> = new Set(['PodScheduled', 'Ready', 'Initialized'])

function* validateNomination(nominated: string | undefined, nodeName: string | undefined, old: Pod): FieldErrors {
  const at = status.field('nominatedNodeName')
  if (!nominated) return
  yield* invalidEach(at, nominated, isDns1123Subdomain(nominated))
  if (nodeName && nominated !== old.status.nominatedNodeName)
    yield forbiddenField(at, 'may not be set on pods that are already bound to a node')
}

/** What has ended and is not started again stays ended. */
function* validateTransitions(next: readonly ContainerStatus[], { spec, status: old }: Pod, field: StatusList): FieldErrors {
  for (const [index, before] of (old[field] ?? []).entries()) {
    const ended = before.state?.terminated
    if (ended === undefined || mayRestart(before.name, ended.exitCode, spec, field)) continue
    if (next.some(({ name, state }) => name === before.name && state?.terminated === undefined))
      yield forbiddenField(status.field(field).index(index).field('state'), 'may not be transitioned to non-terminated state')
  }
}

function mayRestart(name: string, exitCode: number, spec: PodSpec, field: StatusList): boolean {
  if (field === 'ephemeralContainerStatuses') return false
  const containers = field === 'containerStatuses' ? spec.containers : (spec.initContainers ?? [])
  const container = containers.find((one) => one.name === name)
  const policy = container?.restartPolicy ?? spec.restartPolicy
  if (policy === 'Always' || (container?.restartPolicyRules ?? []).length > 0) return true
  return policy === 'OnFailure' && exitCode !== 0
}

function* validateClaims(claims: NonNullable<Pod['status']['resourceClaimStatuses']>, { resourceClaims = [] }: PodSpec): FieldErrors {
  for (const [index, { name, resourceClaimName }] of claims.entries()) {
    const at = status.field('resourceClaimStatuses').index(index)
    if (!resourceClaims.some((claim) => claim.name === name))
      yield invalid(at.field('name'), name, 'must match the name of an entry in `spec.resourceClaims`')
    if (resourceClaimName !== undefined) yield* invalidEach(at.field('name'), resourceClaimName, isDns1123Subdomain(resourceClaimName))
  }
}

function* validateUsers(containers: readonly ContainerStatus[], at: FieldPath): FieldErrors {
  for (const [index, { user }] of containers.entries()) {
    const here = at.index(index).field('user').field('linux')
    yield* validateBetween(user?.linux?.uid, 0, idMax, here.field('uid'))
    yield* validateBetween(user?.linux?.gid, 0, idMax, here.field('gid'))
    for (const [position, group] of (user?.linux?.supplementalGroups ?? []).entries())
      yield* validateBetween(group, 0, idMax, here.field('supplementalGroups').index(position))
  }
}

/** One address of each family at most. */
function* validateIps(addresses: readonly { readonly ip: string }[], at: FieldPath): FieldErrors {
  for (const [index, { ip }] of addresses.entries()) if (parseIp(ip) === undefined) yield invalid(at.index(index), ip, ipMessage)
  const [first, second] = addresses.map(({ ip }) => ipFamilyOf(ip))
  const shown = addresses.map(({ ip }) => ({ IP: ip }))
  if (addresses.length > 2 || (second !== undefined && first === second))
    yield invalid(at, shown, 'may specify no more than one IP for each IP family')
}
