/** The generic verbs on a kind of our own: nothing here knows any kind of Kubernetes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from '#base/env/log'
import { seededRandom } from '#base/env/random'
import { VirtualClock } from '#base/env/virtual-clock'
import { defineKind, type Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { createObjectCodec } from '#meta/protobuf/object-codec'
import { definitionsOf, int32, map, string } from '#meta/schema/build'
import { ObjectMeta } from '#meta/schema.gen'
import { StatusError } from '#meta/status'
import { createMemoryStore } from '#store/memory/memory-store'
import { put } from '#store/single-key'
import { exchangeOf, requestOf } from '#testing/exchange'
import { allow } from '../authz/authorizer.ts'
import { CacheEntry } from '../cache/cache-entry.ts'
import type { Answer, SharedFrame } from '../exchange.ts'
import { resourceDispatcher } from '../serve/dispatch-resource.ts'
import { openStorage, Storages } from '../storage/storage.ts'
import { valueFormat } from '../storage/value-format.ts'
import { StaticKindTable } from './kind-table.ts'
import { Registry } from './registry.ts'

const define = definitionsOf('io.example.v1')
const schema = define(
  'Widget',
  () => ({
    kind: string,
    apiVersion: string,
    metadata: ObjectMeta,
    spec: define('WidgetSpec', () => ({ size: int32, tags: map(string) })),
    status: define('WidgetStatus', () => ({ phase: string })),
  }),
  { apiVersion: 'example.io/v1', always: ['metadata', 'spec', 'status'] },
)

const Widget: Kind = defineKind({
  apiVersion: 'example.io/v1',
  kind: 'Widget',
  plural: 'widgets',
  scope: 'Namespaced',
  schema,
  hasGeneration: true,
  status: {},
  graceSeconds: (_object, { gracePeriodSeconds }) => gracePeriodSeconds ?? 0,
  subresources: [{ name: 'status', kind: 'Widget', verbs: ['get', 'patch', 'update'] }],
})

const collection = '/apis/example.io/v1/namespaces/a/widgets'

async function setUp() {
  const clock = new VirtualClock()
  const store = createMemoryStore({ clock })
  const format = valueFormat({ codec: createObjectCodec({ messages: {} }), kindOf: () => undefined }, 'application/json')
  const options = { format, isShared: false, replayedRevisions: 100, prefixes: [], leaseReuseMs: 60_000 }
  const storages = new Storages(await openStorage({ store, clock, log: silentLog }, options))
  const admission = { mutate: async <T>({ object }: { readonly object: T }) => object, validate: async () => {} }
  const registry = new Registry({
    storages,
    kinds: new StaticKindTable([Widget]),
    admission,
    authorizer: { name: 'all', decide: () => allow() },
    deletionRules: [],
    writeHooks: [],
    clock,
    random: seededRandom(1),
    log: silentLog,
  })
  const dispatch = resourceDispatcher({ registry, clock, describe: () => undefined, handlers: {}, noteDeprecation: () => {} })
  const warnings: string[] = []
  const call = async (request: string, object?: unknown, contentType = 'application/json'): Promise<Answer> => {
    const headers = { 'content-type': contentType, 'content-length': object === undefined ? '0' : '1' }
    return await dispatch(exchangeOf(requestOf(request, { object, headers }), { warnings }))
  }
  return {
    call,
    registry,
    store,
    clock,
    warnings,
    [Symbol.asyncDispose]: async () => await storages.main.feed.close().then(() => store.close()),
  }
}

type Widgets = { readonly metadata: Readonly<Record<string, unknown>>; readonly items: readonly KubeObject[] }

function objectOf(
  answer: Answer,
): KubeObject & { readonly spec: { readonly size?: number }; readonly status: { readonly phase?: string } } {
  assert(answer.body.kind === 'object')
  return answer.body.object() as ReturnType<typeof objectOf>
}

function listOf(answer: Answer): Widgets {
  assert(answer.body.kind === 'list')
  const bytes = Buffer.concat([...answer.body.chunks()]).toString()
  return JSON.parse(bytes) as Widgets
}

function namesOf(answer: Answer): readonly (string | undefined)[] {
  return listOf(answer).items.map(({ metadata }) => metadata.name)
}

function failsWith(code: number, text: RegExp) {
  return (error: unknown) => error instanceof StatusError && error.code === code && text.test(error.message)
}

const widget = (name: string, size = 1) => ({ metadata: { name, labels: { parity: size % 2 === 0 ? 'even' : 'odd' } }, spec: { size } })

test('a created object has what the server writes, and is read back as it was answered', async () => {
  await using server = await setUp()
  const created = await server.call(`POST ${collection}`, widget('w'))
  assert.equal(created.status, 201)
  const { metadata } = objectOf(created)
  assert.equal(metadata.generation, 1)
  assert.equal(metadata.namespace, 'a')
  assert.match(metadata.uid ?? '', /^[0-9a-f-]{36}$/)
  assert.deepEqual(objectOf(await server.call(`GET ${collection}/w`)), objectOf(created))
  await assert.rejects(server.call(`POST ${collection}`, widget('w')), failsWith(409, /widgets.example.io "w" already exists/))
})

test('generateName makes names that are free', async () => {
  await using server = await setUp()
  const answers = await Promise.all([1, 2, 3].map(() => server.call(`POST ${collection}`, { metadata: { generateName: 'w-' } })))
  const names = answers.map((answer) => objectOf(answer).metadata.name)
  assert.equal(new Set(names).size, 3)
  for (const name of names) assert.match(name ?? '', /^w-[a-z0-9]{5}$/)
})

test('fields that are not known are dropped with a warning, or refused', async () => {
  await using server = await setUp()
  const odd = { ...widget('w'), bogus: 1 }
  await assert.rejects(
    server.call(`POST ${collection}?fieldValidation=Strict`, odd),
    failsWith(400, /strict decoding error: unknown field "bogus"/),
  )
  await server.call(`POST ${collection}`, odd)
  assert.deepEqual(server.warnings, ['unknown field "bogus"'])
})

test('an update from an old revision is refused, one that changes nothing keeps the revision', async () => {
  await using server = await setUp()
  const first = objectOf(await server.call(`POST ${collection}`, widget('w')))
  const second = objectOf(await server.call(`PUT ${collection}/w`, { ...first, spec: { size: 2 } }))
  assert.equal(second.metadata.generation, 2)
  await assert.rejects(server.call(`PUT ${collection}/w`, { ...first, spec: { size: 3 } }), failsWith(409, /the object has been modified/))
  const same = objectOf(await server.call(`PUT ${collection}/w`, { ...second, metadata: { name: 'w', labels: second.metadata.labels } }))
  assert.equal(same.metadata.resourceVersion, second.metadata.resourceVersion)
})

test('the status and the rest of an object are written apart', async () => {
  await using server = await setUp()
  await server.call(`POST ${collection}`, widget('w'))
  const ready = objectOf(
    await server.call(`PATCH ${collection}/w/status`, { spec: { size: 9 }, status: { phase: 'Ready' } }, 'application/merge-patch+json'),
  )
  assert.deepEqual([ready.spec.size, ready.status.phase, ready.metadata.generation], [1, 'Ready', 1])
  const grown = objectOf(
    await server.call(`PATCH ${collection}/w`, { spec: { size: 9 }, status: { phase: 'Gone' } }, 'application/merge-patch+json'),
  )
  assert.deepEqual([grown.spec.size, grown.status.phase, grown.metadata.generation], [9, 'Ready', 2])
})

test('a dry run answers as if and changes nothing', async () => {
  await using server = await setUp()
  assert.equal((await server.call(`POST ${collection}?dryRun=All`, widget('w'))).status, 201)
  await assert.rejects(server.call(`GET ${collection}/w`), failsWith(404, /not found/))
})

test('a delete waits for finalizers and for grace', async () => {
  await using server = await setUp()
  await server.call(`POST ${collection}`, { metadata: { name: 'w', finalizers: ['example.io/wait'] } })
  const marked = objectOf(await server.call(`DELETE ${collection}/w`))
  assert.notEqual(marked.metadata.deletionTimestamp, undefined)
  await server.call(`PATCH ${collection}/w`, { metadata: { finalizers: null } }, 'application/merge-patch+json')
  await assert.rejects(server.call(`GET ${collection}/w`), failsWith(404, /not found/))

  await server.call(`POST ${collection}`, widget('slow'))
  const lingering = objectOf(await server.call(`DELETE ${collection}/slow?gracePeriodSeconds=30`))
  assert.equal(lingering.metadata.deletionGracePeriodSeconds, 30)
  const gone = objectOf(await server.call(`DELETE ${collection}/slow?gracePeriodSeconds=0`))
  assert.equal(gone.kind, 'Status')
})

test('preconditions of a delete are checked', async () => {
  await using server = await setUp()
  await server.call(`POST ${collection}`, widget('w'))
  const options = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: 'other' } }
  await assert.rejects(server.call(`DELETE ${collection}/w`, options), failsWith(409, /Precondition failed: UID in precondition: other/))
})

test('pages show one revision, whatever is written between them', async () => {
  await using server = await setUp()
  for (const name of ['b', 'd', 'f']) await server.call(`POST ${collection}`, widget(name))
  const first = await server.call(`GET ${collection}?limit=2`)
  assert.deepEqual(namesOf(first), ['b', 'd'])
  const { continue: token, remainingItemCount } = listOf(first).metadata
  assert.equal(remainingItemCount, 1)
  await server.call(`POST ${collection}`, widget('e'))
  await server.call(`DELETE ${collection}/f`)
  assert.deepEqual(namesOf(await server.call(`GET ${collection}?limit=2&continue=${token}`)), ['f'])
  await server.store.compact(await server.store.currentRevision())
  await assert.rejects(server.call(`GET ${collection}?limit=2&continue=${token}`), failsWith(410, /continue parameter is too old/))
})

test('a list of an exact old revision shows the past', async () => {
  await using server = await setUp()
  const { metadata } = objectOf(await server.call(`POST ${collection}`, widget('w', 1)))
  await server.call(`DELETE ${collection}/w`)
  const path = `GET ${collection}?resourceVersion=${metadata.resourceVersion}&resourceVersionMatch=Exact`
  assert.deepEqual(namesOf(await server.call(path)), ['w'])
})

test('a watch with a selector sees an object that leaves it as deleted', async () => {
  await using server = await setUp()
  await server.call(`POST ${collection}`, widget('w', 1))
  const answer = await server.call(`GET ${collection}?watch=true&labelSelector=parity%3Dodd`)
  assert(answer.body.kind === 'watch')
  const seen: string[] = []
  const send = (frames: readonly SharedFrame[]) => {
    for (const { frame } of frames) seen.push(`${frame.type} ${(frame.object as KubeObject).metadata.name}`)
    return true
  }
  const stop = new AbortController()
  const running = answer.body.watch.run({ send, drained: () => Promise.resolve() }, stop.signal)
  await server.call(`PATCH ${collection}/w`, { metadata: { labels: { parity: 'even' } } }, 'application/merge-patch+json')
  await server.call(`PATCH ${collection}/w`, { metadata: { labels: { parity: 'odd' } } }, 'application/merge-patch+json')
  await server.call(`DELETE ${collection}/w`)
  stop.abort()
  await running
  assert.deepEqual(seen, ['ADDED w', 'DELETED w', 'ADDED w', 'DELETED w'])
})

test('a watch from what is no revision is refused', async () => {
  await using server = await setUp()
  await assert.rejects(
    server.call(`GET ${collection}?watch=true&resourceVersion=abc`),
    failsWith(500, /^resourceVersion: Invalid value: "abc"/),
  )
})

test('deletecollection takes what its selector names', async () => {
  await using server = await setUp()
  for (const size of [1, 2, 3]) await server.call(`POST ${collection}`, widget(`w${size}`, size))
  assert.deepEqual(namesOf(await server.call(`DELETE ${collection}?labelSelector=parity%3Dodd`)), ['w1', 'w3'])
  assert.deepEqual(namesOf(await server.call(`GET ${collection}`)), ['w2'])
})

test('a body of a kind that nobody serves is refused in other words than one of another kind', async () => {
  await using server = await setUp()
  const { apiVersion, kind, plural } = Widget
  const path = `POST /apis/${apiVersion}/namespaces/a/${plural}`
  const sent = (type: object) => server.call(path, { metadata: { name: 'x' }, ...type })
  await assert.rejects(sent({ apiVersion, kind: 'Nonsense' }), failsWith(400, /^Nonsense in version .* no kind "Nonsense" is registered/))
  await assert.rejects(
    sent({ apiVersion: 'no.where/v9', kind }),
    failsWith(400, /no kind "Widget" is registered for version "no.where\/v9"/),
  )
})

test('a dry run does not reach the store, which is what refuses a resourceVersion on create', async () => {
  await using server = await setUp()
  const { apiVersion, kind, plural } = Widget
  const widget = { apiVersion, kind, metadata: { name: 'x', resourceVersion: '5' } }
  const path = `POST /apis/${apiVersion}/namespaces/a/${plural}`
  assert.equal((await server.call(`${path}?dryRun=All`, widget)).status, 201)
  await assert.rejects(server.call(path, widget), failsWith(500, /resourceVersion should not be set/))
})

const applyType = 'application/apply-patch+yaml'
const applied = (name: string, rest: object = {}) => ({ apiVersion: 'example.io/v1', kind: 'Widget', metadata: { name }, ...rest })

function ownersOf(answer: Answer): readonly string[] {
  return (objectOf(answer).metadata.managedFields ?? []).map(
    ({ manager, operation, subresource = '', fieldsV1 }) => `${manager} ${operation} ${subresource}: ${JSON.stringify(fieldsV1)}`,
  )
}

test('an apply creates, and again changes nothing', async () => {
  await using server = await setUp()
  const config = applied('w', { spec: { size: 1 } })
  const created = await server.call(`PATCH ${collection}/w?fieldManager=a`, config, applyType)
  assert.equal(created.status, 201)
  assert.deepEqual(ownersOf(created), ['a Apply : {"f:spec":{"f:size":{}}}'])
  const again = await server.call(`PATCH ${collection}/w?fieldManager=a`, config, applyType)
  assert.equal(again.status, 200)
  assert.equal(objectOf(again).metadata.resourceVersion, objectOf(created).metadata.resourceVersion)
  // What was vain twice is not when someone else has written in between.
  await server.call(`PATCH ${collection}/w?fieldManager=a`, config, applyType)
  await server.call(`PATCH ${collection}/w?fieldManager=b&force=true`, applied('w', { spec: { size: 2 } }), applyType)
  await assert.rejects(server.call(`PATCH ${collection}/w?fieldManager=a`, config, applyType), /Apply failed with 1 conflict/)
})

test('an apply of what another owns is refused with its causes, or forced', async () => {
  await using server = await setUp()
  await server.call(`POST ${collection}?fieldManager=maker`, widget('w', 1))
  const config = applied('w', { spec: { size: 2 } })
  await assert.rejects(server.call(`PATCH ${collection}/w?fieldManager=a`, config, applyType), (error) => {
    assert(error instanceof StatusError)
    assert.equal(error.message, 'Apply failed with 1 conflict: conflict with "maker" using example.io/v1: .spec.size')
    assert.deepEqual(
      error.details?.causes?.map(({ reason, field }) => [reason, field]),
      [['FieldManagerConflict', '.spec.size']],
    )
    return error.code === 409
  })
  const forced = await server.call(`PATCH ${collection}/w?fieldManager=a&force=true`, config, applyType)
  assert.equal(objectOf(forced).spec.size, 2)
  assert.deepEqual(ownersOf(forced), [
    'a Apply : {"f:spec":{"f:size":{}}}',
    'maker Update : {"f:metadata":{"f:labels":{".":{},"f:parity":{}}}}',
  ])
})

test('the status is applied by its own subresource only', async () => {
  await using server = await setUp()
  await server.call(`PATCH ${collection}/w?fieldManager=a`, applied('w', { spec: { size: 1 } }), applyType)
  const answer = await server.call(
    `PATCH ${collection}/w/status?fieldManager=b`,
    applied('w', { spec: { size: 3 }, status: { phase: 'Up' } }),
    applyType,
  )
  const { spec, status } = objectOf(answer)
  assert.deepEqual([spec.size, status.phase], [1, 'Up'])
  assert.deepEqual(ownersOf(answer), ['a Apply : {"f:spec":{"f:size":{}}}', 'b Apply status: {"f:status":{"f:phase":{}}}'])
  const ignored = await server.call(
    `PATCH ${collection}/w?fieldManager=a`,
    applied('w', { spec: { size: 1 }, status: { phase: 'No' } }),
    applyType,
  )
  assert.equal(objectOf(ignored).status.phase, 'Up')
})

test('a client can make everyone let go, and then nobody owns anything until the next apply', async () => {
  await using server = await setUp()
  await server.call(`POST ${collection}`, widget('w', 1))
  const patch = (body: object) => server.call(`PATCH ${collection}/w`, body, 'application/merge-patch+json')
  assert.deepEqual(ownersOf(await patch({ metadata: { managedFields: [] } })), [])
  assert.deepEqual(ownersOf(await patch({ spec: { size: 2 } })), [])
  const answer = await server.call(`PATCH ${collection}/w?fieldManager=a&force=true`, applied('w', { spec: { size: 3 } }), applyType)
  assert.deepEqual(ownersOf(answer), [
    'a Apply : {"f:spec":{"f:size":{}}}',
    'before-first-apply Update : {"f:metadata":{"f:labels":{".":{},"f:parity":{}}}}',
  ])
})

for (const [why, request, config, code, text] of [
  ['no manager', `PATCH ${collection}/w`, applied('w'), 422, /fieldManager: Required value: is required for apply patch$/],
  [
    'another kind',
    `PATCH ${collection}/w?fieldManager=a`,
    { ...applied('w'), kind: 'Gadget' },
    400,
    /^invalid object type: example.io\/v1, Kind=Gadget$/,
  ],
  ['another name', `PATCH ${collection}/w?fieldManager=a`, applied('v'), 400, /does not match the name on the URL/],
  [
    'owners of its own',
    `PATCH ${collection}/w?fieldManager=a`,
    applied('w', { metadata: { name: 'w', managedFields: [{ manager: 'x' }] } }),
    400,
    /^metadata.managedFields must be nil$/,
  ],
  [
    'an unknown field',
    `PATCH ${collection}/w?fieldManager=a`,
    applied('w', { spec: { bogus: 1 } }),
    500,
    /\.spec\.bogus: field not declared in schema$/,
  ],
  [
    'a uid of nothing',
    `PATCH ${collection}/w?fieldManager=a`,
    applied('w', { metadata: { name: 'w', uid: 'x' } }),
    409,
    /no existing object was found$/,
  ],
] as const) {
  test(`an apply with ${why} is refused`, async () => {
    await using server = await setUp()
    await assert.rejects(server.call(request, config, applyType), failsWith(code, text))
  })
}

test('a value that does not decode is named in every answer, and goes only by the option for it', async () => {
  await using server = await setUp()
  await server.call(`POST ${collection}`, widget('good'))
  const revision = await put(server.store, '/registry/widgets/a/bad', new TextEncoder().encode('k8s?'))
  await server.registry.storages.main.feed.waitFor(revision)
  await assert.rejects(
    server.call(`GET ${collection}/bad`),
    failsWith(500, /corrupt object.*Key: \/registry\/widgets\/a\/bad,.*not decodable/),
  )
  await assert.rejects(server.call(`GET ${collection}`), (error: unknown) => {
    assert(error instanceof StatusError && error.reason === 'StorageReadError')
    return error.details?.causes?.length === 1 && error.details.causes[0]?.field === '/registry/widgets/a/bad'
  })
  await assert.rejects(server.call(`DELETE ${collection}/bad`), failsWith(500, /corrupt object/))
  const ignoring = { ignoreStoreReadErrorWithClusterBreakingPotential: true }
  await assert.rejects(server.call(`DELETE ${collection}/good`, ignoring), failsWith(422, /exclusively used to delete corrupt object/))
  await assert.rejects(
    server.call(`DELETE ${collection}/bad`, { ...ignoring, gracePeriodSeconds: 1 }),
    failsWith(422, /cannot be set together with .gracePeriodSeconds/),
  )
  assert.equal((await server.call(`DELETE ${collection}/bad`, ignoring)).status, 200)
  assert.deepEqual(namesOf(await server.call(`GET ${collection}`)), ['good'])
})

test('after changes were missed, the state is loaded anew: watches end, what is newer is there', async () => {
  await using server = await setUp()
  await server.call(`POST ${collection}`, widget('stays'))
  await server.call(`POST ${collection}`, widget('goes'))
  const { feed } = server.registry.storages.main
  const cache = feed.cache('/registry/widgets/')
  const heard: string[] = []
  using _subscription = cache.subscribe({
    changed: (events) =>
      heard.push(...events.map(({ entry, previous }) => `${entry === undefined ? '-' : '+'}${(entry ?? previous)?.key.slice(-5)}`)),
    progressed: () => {},
    ended: () => heard.push('ended'),
  })
  const kept = [...cache.range('/registry/widgets/')].filter(({ key }) => key.endsWith('stays'))
  const made = new CacheEntry('/registry/widgets/a/comes', 50, new TextEncoder().encode('{"metadata":{}}'))
  cache.replace([...kept, made], 60)
  assert.deepEqual(heard, ['ended', '-/goes', '+comes'])
  assert.equal(cache.eventsAfter(59), undefined)
  assert.deepEqual(cache.eventsAfter(60), [])
})
