/** What a node has to keep (upstream: ValidateNode, ValidateNodeUpdate). */
import { duplicate, type FieldErrors, FieldPath, forbiddenField, invalid, notSupported, required } from '#meta/field-path'
import { isLabelValue, isQualifiedName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { tryParseQuantity } from '#meta/quantity'
import { cidrFamilyOf, cidrMessage } from '../ip-address.ts'
import { notNegativeMessage } from '../number-validation.ts'
import { isSameValue } from '../same-value.ts'
import type { ResourceList } from './pod/resource-list.ts'
import { taintEffects } from './taint-effects.ts'
import type { Node, Taint } from './types.gen.ts'

export function* validateNode(node: Node): FieldErrors {
  // As upstream, though taints are in the spec.
  yield* validateTaints(node.spec.taints ?? [], FieldPath.of('metadata', 'taints'))
  yield* validateAmounts(node.status.capacity, FieldPath.of('status', 'capacity'))
  yield* validateAmounts(node.status.allocatable, FieldPath.of('status', 'allocatable'))
  yield* validatePodCidrs(node.spec.podCIDRs ?? [])
}

export function* validateNodeUpdate(next: Node, old: Node): FieldErrors {
  const spec = FieldPath.of('spec')
  yield* validateStatus(next.status)
  // As upstream: told twice.
  yield* validateTaints(next.spec.taints ?? [], FieldPath.of('metadata', 'taints'))
  const [oldCidrs, nextCidrs] = [old.spec.podCIDRs ?? [], next.spec.podCIDRs ?? []]
  if (oldCidrs.length > 0 && !isSameValue(oldCidrs, nextCidrs)) {
    yield forbiddenField(spec.field('podCIDRs'), 'node updates may not change podCIDR except from "" to valid')
  }
  if ((old.spec.providerID ?? '') !== '' && old.spec.providerID !== next.spec.providerID) {
    yield forbiddenField(spec.field('providerID'), 'node updates may not change providerID except from "" to valid')
  }
}

function* validateStatus({ capacity, allocatable, addresses = [] }: Node['status']): FieldErrors {
  const at = FieldPath.of('status')
  yield* validateAmounts(capacity, at.field('capacity'))
  yield* validateAmounts(allocatable, at.field('allocatable'))
  const seen = new Set<string>()
  for (const [index, { type = '', address = '' }] of addresses.entries()) {
    const identity = JSON.stringify([type, address])
    if (seen.has(identity)) yield duplicate(at.field('addresses').index(index), { Type: type, Address: address })
    seen.add(identity)
  }
}

function* validateTaints(taints: readonly Taint[], at: FieldPath): FieldErrors {
  const seen = new Set<string>()
  for (const [index, taint] of taints.entries()) {
    const here = at.index(index)
    const { key = '', value = '', effect = '' } = taint
    yield* invalidEach(here.field('key'), key, isQualifiedName(key))
    yield* invalidEach(here.field('value'), value, isLabelValue(value))
    if (effect === '') yield required(here.field('effect'))
    else if (!taintEffects.includes(effect)) yield notSupported(here.field('effect'), effect, taintEffects)
    const identity = JSON.stringify([key, effect])
    if (seen.has(identity)) {
      const shown = { Key: key, Value: value, Effect: effect, TimeAdded: taint.timeAdded ?? null }
      yield duplicate(here, shown, 'taints must be unique by key and effect pair')
    }
    seen.add(identity)
  }
}

function* validateAmounts(list: ResourceList | undefined, at: FieldPath): FieldErrors {
  for (const [name, amount] of Object.entries(list ?? {})) {
    const nano = tryParseQuantity(amount)?.nano ?? 0n
    if (nano < 0n) yield invalid(at.field(name), amount, notNegativeMessage)
    if (name.includes('/') && nano % 1_000_000_000n !== 0n) yield invalid(at.field(name), amount, 'must be an integer')
  }
}

function* validatePodCidrs(cidrs: readonly string[]): FieldErrors {
  const at = FieldPath.of('spec', 'podCIDRs')
  for (const [index, cidr] of cidrs.entries()) if (cidrFamilyOf(cidr) === undefined) yield invalid(at.index(index), cidr, cidrMessage)
  const families = cidrs.map(cidrFamilyOf)
  if (cidrs.length > 2 || (cidrs.length === 2 && families[0] === families[1])) {
    yield invalid(at, cidrs, 'may specify no more than one CIDR for each IP family')
  }
}
