/** The drivers of a node have distinct names, and what one driver says of the node stays (upstream: ValidateCSINode). */
import { duplicate, type FieldErrors, FieldPath, invalid, required, tooLong } from '#meta/field-path'
import { isDns1123Subdomain, isQualifiedName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { validateNotNegative } from '../number-validation.ts'
import { isSameValue } from '../same-value.ts'
import type { CSINode, CSINodeDriver } from './types.gen.ts'

const drivers = FieldPath.of('spec', 'drivers')
const nodeIdBytesMax = 256

export function* validateCsiNode(node: CSINode): FieldErrors {
  const names = new Set<string>()
  for (const [index, driver] of (node.spec.drivers ?? []).entries()) {
    const at = drivers.index(index)
    yield* validateCsiDriverName(driver.name ?? '', at.field('name'))
    yield* validateNodeId(driver.nodeID ?? '', at.field('nodeID'))
    yield* validateNotNegative(driver.allocatable?.count, at.field('allocatable').field('count'))
    if (names.has(driver.name)) yield duplicate(at.field('name'), driver.name)
    names.add(driver.name)
    yield* validateTopologyKeys(driver.topologyKeys ?? [], at)
  }
}

/** A driver may come and go, and change how many volumes it can take; nothing else of it changes. */
export function* validateCsiNodeUpdate(next: CSINode, old: CSINode): FieldErrors {
  for (const was of old.spec.drivers ?? []) {
    const now = (next.spec.drivers ?? []).find(({ name }) => name === was.name)
    if (now === undefined || isSameValue({ ...now, allocatable: undefined }, { ...was, allocatable: undefined })) continue
    yield invalid(drivers, upstreamForm(now), 'field is immutable')
  }
}

/** As upstream prints its internal type. */
function upstreamForm({ name, nodeID, topologyKeys, allocatable }: CSINodeDriver): unknown {
  return { Name: name, NodeID: nodeID, TopologyKeys: topologyKeys ?? null, Allocatable: allocatable ?? null }
}

export function* validateCsiDriverName(name: string, at: FieldPath): FieldErrors {
  if (name === '') return yield required(at)
  if (name.length > 63) yield tooLong(at, 63)
  yield* invalidEach(at, name, isDns1123Subdomain(name.toLowerCase()))
}

function* validateNodeId(id: string, at: FieldPath): FieldErrors {
  if (id === '') yield required(at)
  if (id.length > nodeIdBytesMax) yield invalid(at, id, `must be ${nodeIdBytesMax} characters or less`)
}

function* validateTopologyKeys(keys: readonly string[], at: FieldPath): FieldErrors {
  for (const [index, key] of keys.entries()) {
    if (keys.indexOf(key) < index) yield duplicate(at, key)
    if (key === '') yield required(at)
    yield* invalidEach(at, key, isQualifiedName(key))
  }
}
