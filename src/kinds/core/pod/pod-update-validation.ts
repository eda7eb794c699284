/** What may change in a pod that exists (upstream: ValidatePodUpdate). */
import { type FieldErrors, FieldPath, forbiddenField, immutable, invalid } from '#meta/field-path'
import { isDns1123Subdomain } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { ipFamilyOf, ipMessage, parseIp } from '../../ip-address.ts'
import { isSameValue } from '../../same-value.ts'
import { valueDiff } from '../../shown/value-diff.ts'
import * as schemas from '../schema.gen.ts'
import type { Container, Pod, PodSpec, Toleration } from '../types.gen.ts'

const spec = FieldPath.of('spec')

const mutableFieldsMessage =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,' +
  '`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

export function* validatePodUpdate(next: Pod, old: Pod): FieldErrors {
  for (const field of ['containers', 'initContainers'] as const) {
    if ((next.spec[field] ?? []).length !== (old.spec[field] ?? []).length) {
      return yield forbiddenField(
        spec.field(field),
        `pod updates may not add or remove ${field === 'containers' ? 'containers' : 'init containers'}`,
      )
    }
  }
  yield* validateDeadline(next.spec, old.spec)
  yield* validateAddedTolerations(next.spec.tolerations ?? [], old.spec.tolerations ?? [])
  yield* validateRemovedGates(next.spec, old.spec)
  const rest = withOldMutableFields(next.spec, old.spec)
  if (!isSameValue(rest, old.spec)) yield forbiddenField(spec, `${mutableFieldsMessage}\n${valueDiff(schemas.PodSpec, old.spec, rest)}`)
}

export function* validatePodStatusUpdate({ spec: { nodeName }, status }: Pod, old: Pod): FieldErrors {
  const nominated = status.nominatedNodeName
  const at = FieldPath.of('status')
  if (nominated) yield* invalidEach(at.field('nominatedNodeName'), nominated, isDns1123Subdomain(nominated))
  if (nominated && nodeName && nominated !== old.status.nominatedNodeName)
    yield forbiddenField(at.field('nominatedNodeName'), 'may not be set on pods that are already bound to a node')
  if (old.status.qosClass !== undefined) yield* immutable(at.field('qosClass'), status.qosClass, old.status.qosClass)
  yield* validateIps(status.podIPs ?? [], at.field('podIPs'))
  yield* validateIps(status.hostIPs ?? [], at.field('hostIPs'))
}

/** One address of each family at most. */
function* validateIps(addresses: readonly { readonly ip: string }[], at: FieldPath): FieldErrors {
  for (const [index, { ip }] of addresses.entries()) if (parseIp(ip) === undefined) yield invalid(at.index(index), ip, ipMessage)
  const [first, second] = addresses.map(({ ip }) => ipFamilyOf(ip))
  const shown = addresses.map(({ ip }) => ({ IP: ip }))
  if (addresses.length > 2) yield invalid(at, shown, 'may specify no more than one IP for each IP family')
  else if (second !== undefined && first === second) yield invalid(at, shown, 'may specify no more than one IP for each IP family')
}

function* validateDeadline({ activeDeadlineSeconds: next }: PodSpec, { activeDeadlineSeconds: old }: PodSpec): FieldErrors {
  if (old === undefined) return
  const at = spec.field('activeDeadlineSeconds')
  if (next === undefined) yield invalid(at, null, 'must not update from a positive integer to nil value')
  else if (next > old) yield invalid(at, next, 'must be less than or equal to previous value')
}

/** Old tolerations stay, but for their seconds. */
function* validateAddedTolerations(next: readonly Toleration[], old: readonly Toleration[]): FieldErrors {
  const bare = ({ tolerationSeconds: _, ...toleration }: Toleration) => toleration
  const isKept = old.every((one) => next.some((other) => isSameValue(bare(one), bare(other))))
  if (!isKept) yield forbiddenField(spec.field('tolerations'), 'existing toleration can not be modified except its tolerationSeconds')
}

function* validateRemovedGates({ schedulingGates: next = [] }: PodSpec, { schedulingGates: old = [] }: PodSpec): FieldErrors {
  for (const [index, { name }] of next.entries()) {
    if (old.some((gate) => gate.name === name)) continue
    yield forbiddenField(
      spec.field('schedulingGates').index(index).field('name'),
      `only deletion is allowed, but found new scheduling gate '${name}'`,
    )
  }
}

/** `next` with all that may change put back: what still differs may not. */
function withOldMutableFields(next: PodSpec, old: PodSpec): PodSpec {
  const allowsGrace = (old.terminationGracePeriodSeconds ?? 0) < 0 && next.terminationGracePeriodSeconds === 1
  const isGated = (old.schedulingGates ?? []).length > 0
  return {
    ...next,
    containers: withOldImages(next.containers, old.containers),
    ...(next.initContainers === undefined ? {} : { initContainers: withOldImages(next.initContainers, old.initContainers ?? []) }),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    tolerations: old.tolerations,
    schedulingGates: old.schedulingGates,
    ...(allowsGrace ? { terminationGracePeriodSeconds: old.terminationGracePeriodSeconds } : {}),
    ...(isGated && narrowsNodes(next, old) ? { nodeSelector: old.nodeSelector } : {}),
  }
}

function withOldImages(next: readonly Container[], old: readonly Container[]): readonly Container[] {
  return next.map((container, index) => ({ ...container, image: old[index]?.image }))
}

/** A gated pod may still ask for fewer nodes. */
function narrowsNodes({ nodeSelector: next = {} }: PodSpec, { nodeSelector: old = {} }: PodSpec): boolean {
  return Object.entries(old).every(([key, value]) => next[key] === value)
}
