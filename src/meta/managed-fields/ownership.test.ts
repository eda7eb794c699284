/** Updates and applies of a small kind of our own: who owns what then, what goes, and who stands in the way. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, definitionsOf, field, int32, map, string } from '../schema/build.ts'
import { ApplyConflict } from './conflict.ts'
import { emptySet, pathsOf } from './field-set.ts'
import { afterKubectlApply } from './last-applied.ts'
import { type Managers, noManagers, storedManagers, type Writer, writeManagers } from './managers.ts'
import { type Applied, afterApply, afterUpdate, type Resource } from './ownership.ts'
import { pathText } from './path-element.ts'
import { managersOfParent, managersOfScale } from './scale-managers.ts'
import { setOfPaths } from './server-fields.ts'
import { typeErrors } from './validate-typed.ts'

const define = definitionsOf('io.example.v1')
const port = define('Port', () => ({ number: int32, protocol: field(string, { default: 'TCP' }), name: string }), { always: ['number'] })
const schema = define('Thing', () => ({
  apiVersion: string,
  kind: string,
  metadata: define('Meta', () => ({
    name: string,
    labels: map(string),
    annotations: map(string),
    finalizers: array(string, { listType: 'set' }),
  })),
  spec: define('ThingSpec', () => ({
    replicas: int32,
    selector: define('Selector', () => ({ app: string }), { mapType: 'atomic' }),
    ports: array(port, { listType: 'map', listKeys: ['number', 'protocol'] }),
    args: array(string),
  })),
  status: define('ThingStatus', () => ({ phase: string })),
}))
const resource: Resource = { schema, apiVersion: 'v1', unreachable: setOfPaths([['status']]), convert: () => undefined }
const zero = { metadata: {}, spec: {}, status: {} }

type Thing = Readonly<Record<string, unknown>>

function updater(name: string, minute = 0) {
  const writer: Writer = { name, operation: 'Update', apiVersion: 'v1', subresource: '' }
  return { writer, now: `2026-01-01T00:${String(minute).padStart(2, '0')}:00Z` }
}

function update(managers: Managers, live: unknown, next: unknown, name: string, minute = 0): Managers {
  return afterUpdate(resource, managers, { live, next, ...updater(name, minute) })
}

/** An apply on top of another; the value is that of before where nothing changed. */
function apply({ value: live, managers }: Applied, config: Thing, name: string, isForced = false): Applied {
  const writer: Writer = { name, operation: 'Apply', apiVersion: 'v1', subresource: '' }
  const applied = afterApply(resource, managers, { live, config, writer, isForced, now: '2026-01-01T01:00:00Z' })
  return { ...applied, value: applied.value ?? live }
}

const nothing: Applied = { value: zero, managers: noManagers }

function owned(managers: Managers): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Array.from(managers.values(), ({ name, set }) => [name, Array.from(pathsOf(set), pathText)]))
}

const ports = (...numbers: readonly number[]) => ({ spec: { ports: numbers.map((number) => ({ number })) } })

test('a creator owns what it sent: structures count, what the server writes does not', () => {
  const sent = {
    metadata: { name: 'a', labels: { x: '1' } },
    spec: { replicas: 1, ports: [{ number: 80, protocol: 'TCP' }] },
    status: { phase: 'x' },
  }
  assert.deepEqual(owned(update(noManagers, zero, sent, 'a')), {
    a: [
      '.metadata.labels',
      '.metadata.labels.x',
      '.spec.ports',
      '.spec.replicas',
      '.spec.ports[number=80,protocol="TCP"]',
      '.spec.ports[number=80,protocol="TCP"].number',
      '.spec.ports[number=80,protocol="TCP"].protocol',
    ],
  })
})

test('an update takes what it changes, and nobody owns what it removes', () => {
  const first = { ...zero, spec: { replicas: 1, args: ['a'] } }
  const created = update(noManagers, zero, first, 'a')
  const scaled = update(created, first, { ...zero, spec: { replicas: 2, args: ['a'] } }, 'b')
  assert.deepEqual(owned(scaled), { a: ['.spec.args'], b: ['.spec.replicas'] })
  assert.deepEqual(owned(update(scaled, { ...zero, spec: { replicas: 2, args: ['a'] } }, zero, 'c')), {})
})

test('an update that changes nothing leaves the managers as they are, times and all', () => {
  const live = { ...zero, spec: { replicas: 1 } }
  const created = update(noManagers, zero, live, 'a')
  assert.equal(update(created, live, structuredClone(live), 'a', 5), created)
})

test('atomic lists and maps are owned as a whole', () => {
  const live = { ...zero, spec: { args: ['a'], selector: { app: 'a' } } }
  const created = update(noManagers, zero, live, 'a')
  const next = update(created, live, { ...zero, spec: { args: ['a', 'b'], selector: { app: 'b' } } }, 'b')
  assert.deepEqual(owned(next), { b: ['.spec.args', '.spec.selector'] })
})

test('an applier owns what it names, and keys stand for their defaults', () => {
  const { value, managers } = apply(nothing, ports(80), 'a')
  assert.deepEqual(owned(managers), { a: ['.spec.ports[number=80,protocol="TCP"]', '.spec.ports[number=80,protocol="TCP"].number'] })
  assert.deepEqual(value, { ...zero, ...ports(80) })
})

test('two appliers of one value share it; of two values they collide', () => {
  const both = apply(apply(nothing, { spec: { replicas: 1 } }, 'a'), { spec: { replicas: 1 } }, 'b')
  assert.deepEqual(owned(both.managers), { a: ['.spec.replicas'], b: ['.spec.replicas'] })
  assert.throws(() => apply(both, { spec: { replicas: 2 } }, 'b'), {
    name: 'ApplyConflict',
    message: 'Apply failed with 1 conflict: conflict with "a": .spec.replicas',
  })
  assert.deepEqual(owned(apply(both, { spec: { replicas: 2 } }, 'b', true).managers), { b: ['.spec.replicas'] })
})

test('all conflicts are told at once, by owner, and updaters with their version', () => {
  const live = { ...zero, spec: { replicas: 1, args: ['a'] }, metadata: { labels: { x: '1' } } }
  const managers = update(noManagers, zero, live, 'edit')
  const error = throwsConflict(() =>
    apply({ value: live, managers }, { spec: { replicas: 2, args: [] }, metadata: { labels: { x: '2' } } }, 'b'),
  )
  const lines = [
    'Apply failed with 3 conflicts: conflicts with "edit" using v1:',
    '- .metadata.labels.x',
    '- .spec.args',
    '- .spec.replicas',
  ]
  assert.equal(error.message, lines.join('\n'))
  assert.deepEqual(error.causes()[0], {
    reason: 'FieldManagerConflict',
    message: 'conflict with "edit" using v1',
    field: '.metadata.labels.x',
  })
})

function throwsConflict(run: () => unknown): ApplyConflict {
  try {
    run()
  } catch (error) {
    if (error instanceof ApplyConflict) return error
  }
  assert.fail('there should have been a conflict')
}

test('what an applier gives up goes, unless somebody else owns it', () => {
  const one = apply(nothing, { metadata: { labels: { a: '1', b: '1' } }, ...ports(80, 90) }, 'a')
  const two = apply(one, { metadata: { labels: { b: '1' } } }, 'b')
  const left = apply(two, ports(90), 'a')
  assert.deepEqual(left.value, { ...zero, metadata: { labels: { b: '1' } }, ...ports(90) })
  assert.deepEqual(owned(left.managers).b, ['.metadata.labels.b'])
  assert.deepEqual(owned(apply(left, {}, 'a').managers), { b: ['.metadata.labels.b'] })
})

test('what others have added to a list of an applier stays when the applier changes its own part', () => {
  const first = apply(nothing, ports(80), 'a')
  const next = { ...zero, ...ports(80, 8080) }
  const managers = update(first.managers, first.value, next, 'edit')
  const again = apply({ value: next, managers }, ports(90), 'a')
  assert.deepEqual(again.value, { ...zero, ...ports(8080, 90) })
})

test('entries that an applier names come in its order, between those of others', () => {
  const live = { ...zero, ...ports(1, 2, 3) }
  const merged = (...numbers: readonly number[]) => apply({ value: live, managers: noManagers }, ports(...numbers), 'a').value
  assert.deepEqual(merged(3, 1), { ...zero, ...ports(2, 3, 1) })
  assert.deepEqual(merged(4, 2), { ...zero, ...ports(1, 4, 2, 3) })
  assert.deepEqual(merged(1, 2, 3), live)
})

test('an apply that changes nothing says so, and keeps its time', () => {
  const first = apply(nothing, ports(80), 'a')
  const writer: Writer = { name: 'a', operation: 'Apply', apiVersion: 'v1', subresource: '' }
  const again = afterApply(resource, first.managers, {
    live: first.value,
    config: ports(80),
    writer,
    isForced: false,
    now: '2027-01-01T00:00:00Z',
  })
  assert.equal(again.value, undefined)
  assert.deepEqual(writeManagers(again.managers), writeManagers(first.managers))
})

test('what a write cannot reach is owned by nobody', () => {
  assert.deepEqual(owned(apply(nothing, { status: { phase: 'Up' }, spec: { replicas: 1 } }, 'a').managers), { a: ['.spec.replicas'] })
})

test('beyond ten updaters the oldest share one entry', () => {
  let managers: Managers = noManagers
  let live: Thing = zero
  for (let count = 0; count < 13; count++) {
    const next = { ...zero, metadata: { labels: Object.fromEntries(Array.from({ length: count + 1 }, (_, label) => [`l${label}`, 'x'])) } }
    managers = update(managers, live, next, `u${String(count).padStart(2, '0')}`, count)
    live = next
  }
  const entries = writeManagers(managers) ?? []
  assert.deepEqual(
    entries.map(({ manager }) => manager),
    ['ancient-changes', 'u04', 'u05', 'u06', 'u07', 'u08', 'u09', 'u10', 'u11', 'u12'],
  )
  assert.equal(entries[0]?.time, '2026-01-01T00:03:00Z')
  const bucket = [...managers.values()].find(({ name }) => name === 'ancient-changes')
  assert.deepEqual(Object.keys(bucket?.set['f:metadata']?.['f:labels'] ?? {}).sort(), ['.', 'f:l0', 'f:l1', 'f:l2', 'f:l3'])
})

test('kubectl takes over what it applied from the client, and keeps the annotation', () => {
  const annotation = 'kubectl.kubernetes.io/last-applied-configuration'
  const config = { apiVersion: 'v1', metadata: { name: 'a' }, spec: { replicas: 1 } }
  const live = { ...zero, metadata: { name: 'a', annotations: { [annotation]: JSON.stringify(config) } }, spec: { replicas: 1 } }
  const managers = update(noManagers, zero, live, 'kubectl-client-side-apply')
  const write = (name: string, value: unknown) => {
    const writer: Writer = { name, operation: 'Apply', apiVersion: 'v1', subresource: '' }
    const wanted = { live: value, config: { ...config, spec: { replicas: 2 } }, writer, isForced: false, now: '2026-01-01T01:00:00Z' }
    return afterKubectlApply(resource, managers, wanted)
  }
  const { value } = write('kubectl', live)
  const { metadata, spec } = value as {
    readonly metadata: { readonly annotations: Readonly<Record<string, string>> }
    readonly spec: unknown
  }
  assert.deepEqual(spec, { replicas: 2 })
  assert.equal(metadata.annotations[annotation], '{"apiVersion":"v1","metadata":{"name":"a"},"spec":{"replicas":2}}\n')
  const changedSince = { ...live, spec: { replicas: 7 } }
  assert.throws(() => write('kubectl', changedSince), /conflict with "kubectl-client-side-apply" using v1: .spec.replicas/)
})

test('who scales an object owns its replicas by way of the scale; all else stays with who had it', () => {
  const live = { ...zero, spec: { replicas: 1, args: ['a'] } }
  const pathIn = (apiVersion: string) => (apiVersion === 'v1' ? ['f:spec', 'f:replicas'] : undefined)
  const parent = update(noManagers, zero, live, 'creator')
  const ofScale = managersOfScale(parent, pathIn)
  assert.deepEqual(owned(ofScale), { creator: ['.spec.replicas'] })
  assert.deepEqual(owned(managersOfParent(parent, ofScale, 'v1', pathIn)), owned(parent))
  const scaler: Writer = { name: 'scaler', operation: 'Update', apiVersion: 'autoscaling/v1', subresource: 'scale' }
  const ofScaleAfter = afterUpdate({ ...resource, apiVersion: 'autoscaling/v1', unreachable: emptySet }, ofScale, {
    live: { spec: { replicas: 1 } },
    next: { spec: { replicas: 2 } },
    writer: scaler,
    now: '2026-01-01T00:00:00Z',
  })
  const after = managersOfParent(parent, ofScaleAfter, 'v1', pathIn)
  assert.deepEqual(owned(after), { creator: ['.spec.args'], scaler: ['.spec.replicas'] })
  assert.deepEqual(writeManagers(after)?.[0], {
    manager: 'scaler',
    operation: 'Update',
    apiVersion: 'v1',
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:spec': { 'f:replicas': {} } },
    subresource: 'scale',
  })
})

test('entries that cannot be read count as none', () => {
  assert.equal(storedManagers([{ manager: 'a', operation: 'Other', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} }]).size, 0)
})

for (const [why, config, want] of [
  ['a text for a number', { spec: { replicas: 'x' } }, '.spec.replicas: expected numeric (int or float), got string'],
  ['a field without schema', { spec: { bogus: 1 } }, '.spec.bogus: field not declared in schema'],
  ['a number for a text', { metadata: { labels: { a: 1 } } }, '.metadata.labels.a: expected string, got &value.valueUnstructured{Value:1}'],
  ['a text for a struct', { spec: 'x' }, '.spec: expected map, got &{x}'],
  ['one key twice', ports(80, 80), '.spec.ports: duplicate entries for key [number=80,protocol="TCP"]'],
  [
    'an entry that is no map',
    { spec: { ports: ['x'] } },
    '.spec.ports: element 0: associative list with keys may not have non-map elements',
  ],
  [
    'a null in a set',
    { metadata: { finalizers: [null] } },
    ".metadata.finalizers: element 0: associative list without keys has an element that's an explicit null",
  ],
] as const) {
  test(`a configuration is refused for ${why}`, () => assert.deepEqual(typeErrors(schema, config), [want]))
}
