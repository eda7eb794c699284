/** Watches with selectors against the plain rule: whoever looks at every change gets the same frames. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { silentLog } from '#base/env/log'
import { VirtualClock } from '#base/env/virtual-clock'
import { parseFieldSelector } from '#meta/fields'
import { defineKind } from '#meta/kind'
import { parseSelector } from '#meta/labels'
import type { KubeObject } from '#meta/object'
import { createObjectCodec } from '#meta/protobuf/object-codec'
import { definitionsOf, string } from '#meta/schema/build'
import { ObjectMeta } from '#meta/schema.gen'
import { encodeObject } from '#meta/wire'
import { createMemoryStore } from '#store/memory/memory-store'
import type { SharedFrame } from '../exchange.ts'
import { openStorage } from '../storage/storage.ts'
import { valueFormat } from '../storage/value-format.ts'
import { CacheEntry } from './cache-entry.ts'
import type { CacheEvent } from './event-ring.ts'
import { KindView } from './kind-view.ts'
import { type ObjectFilter, objectFilter, wanted } from './object-filter.ts'
import type { WatchMember } from './watch-hub.ts'

type Task = KubeObject & { readonly host: string }

const define = definitionsOf('io.example.v1')
const Task = defineKind<Task>({
  apiVersion: 'example.io/v1',
  kind: 'Task',
  plural: 'tasks',
  scope: 'Namespaced',
  schema: define('Task', () => ({ kind: string, apiVersion: string, metadata: ObjectMeta, host: string }), { apiVersion: 'example.io/v1' }),
  selectableFields: { host: ({ host }) => host },
})

async function setUp() {
  const format = valueFormat({ codec: createObjectCodec({ messages: {} }), kindOf: () => undefined }, 'application/json')
  const options = { format, isShared: false, replayedRevisions: 100, prefixes: [], leaseReuseMs: 60_000 }
  const clock = new VirtualClock()
  const storage = await openStorage({ store: createMemoryStore({ clock }), clock, log: silentLog }, options)
  return new KindView(Task as never, storage)
}

function entryOf(view: KindView, { namespace, name, host, team }: State, revision: number): CacheEntry {
  const metadata = { name, namespace, ...(team === '' ? {} : { labels: { team } }) }
  const object = { apiVersion: 'example.io/v1', kind: 'Task', metadata, host }
  return new CacheEntry(view.keyOf(namespace, name), revision, encodeObject(object))
}

class Reader implements WatchMember {
  readonly filter: ObjectFilter
  readonly seen: string[] = []
  readonly batches: (readonly SharedFrame[])[] = []
  isFinished = false

  constructor(filter: ObjectFilter) {
    this.filter = filter
  }

  deliver(frames: readonly SharedFrame[]): void {
    this.batches.push(frames)
    this.seen.push(...frames.map(({ frame }) => told(frame.type, frame.object as KubeObject)))
  }

  progressed(): void {}

  finish(): void {
    this.isFinished = true
  }
}

function told(type: string, { metadata }: KubeObject): string {
  return `${type} ${metadata.namespace}/${metadata.name} ${metadata.resourceVersion}`
}

const state = fc.record({
  namespace: fc.constantFrom('a', 'b', 'a-b'),
  name: fc.constantFrom('x', 'y', 'x-y'),
  host: fc.constantFrom('', 'one', 'two'),
  team: fc.constantFrom('', 'red', 'blue'),
})
type State = Readonly<{ namespace: string; name: string; host: string; team: string }>

const change = fc.record({ state, isDeleted: fc.boolean() })

const selection = fc.record({
  namespace: fc.constantFrom('', 'a', 'a-b'),
  labels: fc.constantFrom('', 'team', 'team=red', 'team!=red', 'team in (red,blue)'),
  fields: fc.constantFrom(
    '',
    'host=',
    'host=one',
    'host!=one',
    'metadata.name=x',
    'metadata.name=x,host=two',
    'metadata.namespace=b,metadata.name=x',
  ),
})

test('every watch gets the changes that it asked for, in order, and a list shows the same objects', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(change, { minLength: 1, maxLength: 4 }), { maxLength: 8 }),
      fc.array(selection, { maxLength: 6 }),
      async (batches, selections) => {
        const view = await setUp()
        const readers = selections.map(
          ({ namespace, labels, fields }) => new Reader(objectFilter(view, namespace, parseSelector(labels), parseFieldSelector(fields))),
        )
        const memberships = readers.map((reader) => view.watches.join(reader))
        const now = new Map<string, CacheEntry>()
        const all: CacheEvent[] = []
        for (const batch of batches) {
          const events = batch.flatMap(({ state, isDeleted }) => {
            const revision = all.length + 100
            const previous = now.get(view.keyOf(state.namespace, state.name))
            const entry = isDeleted ? undefined : entryOf(view, state, revision)
            if (entry === undefined && previous === undefined) return []
            const event = { revision, entry, previous }
            if (entry === undefined) now.delete(previous?.key ?? '')
            else now.set(entry.key, entry)
            all.push(event)
            return [event]
          })
          view.cache.apply(events)
        }
        for (const [index, reader] of readers.entries()) {
          const isWanted = plainRule(selections[index])
          assert.deepEqual(
            reader.seen,
            all.flatMap((event) => plainFrame(event, isWanted)),
          )
          const listed = Array.from(wanted(view, reader.filter), ({ key }) => key)
          assert.deepEqual(
            listed,
            [...now.values()]
              .filter((entry) => isWanted(entry.object() as Task))
              .map(({ key }) => key)
              .sort(),
          )
        }
        for (const membership of memberships) membership[Symbol.dispose]()
        assert.equal(view.cache.listenerCount, 0)
      },
    ),
    { numRuns: 200 },
  )
})

/** Without any index. */
function plainRule(selected: Readonly<{ namespace: string; labels: string; fields: string }> | undefined): (object: Task) => boolean {
  const { namespace = '', labels = '', fields = '' } = selected ?? {}
  return ({ metadata, host }) => {
    const team = metadata.labels?.['team']
    const hasTeam =
      { '': true, team: team !== undefined, 'team=red': team === 'red', 'team!=red': team !== 'red' }[labels] ?? team !== undefined
    const hasFields = fields.split(',').every((term) => {
      const [field = '', value = ''] = term.split(/!?=/)
      const found = { host, 'metadata.name': metadata.name, 'metadata.namespace': metadata.namespace }[field]
      return term === '' || (found === value) === !term.includes('!=')
    })
    return (namespace === '' || metadata.namespace === namespace) && hasTeam && hasFields
  }
}

function plainFrame({ revision, entry, previous }: CacheEvent, isWanted: (object: Task) => boolean): readonly string[] {
  const isIn = entry !== undefined && isWanted(entry.object() as Task)
  const wasIn = previous !== undefined && isWanted(previous.object() as Task)
  if (isIn) return [told(wasIn ? 'MODIFIED' : 'ADDED', entry.object())]
  return wasIn ? [told('DELETED', previous.at(revision).object())] : []
}

test('watches that want the same share their frames', async () => {
  const view = await setUp()
  const filter = () => objectFilter(view, 'a', parseSelector('team=red'), [])
  const [one, other] = [new Reader(filter()), new Reader(filter())]
  using _one = view.watches.join(one)
  using _other = view.watches.join(other)
  const entry = entryOf(view, { namespace: 'a', name: 'x', host: '', team: 'red' }, 7)
  view.cache.apply([{ revision: 7, entry, previous: undefined }])
  assert.equal(one.batches.length, 1)
  assert.equal(one.batches[0], other.batches[0])
})

test('an object that cannot be read ends the watches that it may concern, and no others', async () => {
  const view = await setUp()
  const byHost = new Reader(objectFilter(view, '', [], parseFieldSelector('host=one')))
  const elsewhere = new Reader(objectFilter(view, 'b', [], []))
  using _byHost = view.watches.join(byHost)
  using _elsewhere = view.watches.join(elsewhere)
  const entry = new CacheEntry(view.keyOf('a', 'x'), 7, new TextEncoder().encode('{"kind":"Task","metadata":{"name":"x"},"host":'))
  view.cache.apply([{ revision: 7, entry, previous: undefined }])
  assert.deepEqual([byHost.isFinished, elsewhere.isFinished], [true, false])
})
