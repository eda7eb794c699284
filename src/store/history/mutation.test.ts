import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '#base/env/random'
import { VirtualClock } from '#base/env/virtual-clock'
import { createMemoryStore } from '../memory/memory-store.ts'
import { checkHistory } from './check.ts'
import type { HistoryRecord, SeenEntry, SeenEvent } from './history.ts'
import { Recorder } from './recorder.ts'
import { describe } from './violation.ts'
import { churnMix, kubernetesMix, runWorkload } from './workload.ts'
import type { Mix } from './workload-client.ts'

/** Changes one record so that it is no longer true; undefined where that record cannot be made untrue in this way. */
type Mutation = (record: HistoryRecord, history: readonly HistoryRecord[]) => HistoryRecord | readonly HistoryRecord[] | undefined

const mutations: Readonly<Record<string, Mutation>> = {
  'an entry that is got has another value': (record) =>
    record.type === 'answer' && record.answer.op === 'get' && record.answer.entry !== undefined
      ? { ...record, answer: { op: 'get', entry: { ...record.answer.entry, value: 'changed' } } }
      : undefined,
  'an entry that is got is not there': (record, history) =>
    record.type === 'answer' && record.answer.op === 'get' && record.answer.entry !== undefined && isQuiet(record.answer.entry, history)
      ? { ...record, answer: { op: 'get' } }
      : undefined,
  'a range misses an entry': (record) => changeRange(record, (entries) => (entries.length > 0 ? entries.slice(1) : undefined)),
  'a range has an entry of a wrong version': (record) =>
    changeRange(record, ([first, ...rest]) => first && [{ ...first, version: first.version + 1 }, ...rest]),
  'a range is not in order': (record) => changeRange(record, (entries) => (entries.length > 1 ? entries.toReversed() : undefined)),
  'a range is of the revision before': (record) =>
    record.type === 'answer' &&
    record.answer.op === 'range' &&
    record.answer.entries.some(({ modRevision }) => modRevision === revisionOf(record))
      ? { ...record, answer: { ...record.answer, revision: record.answer.revision - 1 } }
      : undefined,
  'more entries remain than do': (record) =>
    record.type === 'answer' && record.answer.op === 'range'
      ? { ...record, answer: { ...record.answer, remaining: record.answer.remaining + 1 } }
      : undefined,
  'a count is far off': (record) =>
    record.type === 'answer' && record.answer.op === 'count'
      ? { ...record, answer: { op: 'count', count: record.answer.count + 1000 } }
      : undefined,
  'a write is answered with the revision after': (record, history) =>
    record.type === 'answer' && record.answer.op === 'txn' && record.answer.succeeded && isWrite(record.id, history)
      ? { ...record, answer: { ...record.answer, revision: record.answer.revision + 1 } }
      : undefined,
  'a transaction says it found something else': (record) =>
    record.type === 'answer' && record.answer.op === 'txn' && (record.answer.seen[0] ?? null) !== null
      ? { ...record, answer: { ...record.answer, seen: [null, ...record.answer.seen.slice(1)] } }
      : undefined,
  'a success is called a conflict': (record, history) =>
    record.type === 'answer' && record.answer.op === 'txn' && record.answer.succeeded && isWrite(record.id, history)
      ? { ...record, answer: { ...record.answer, succeeded: false, seen: [] } }
      : undefined,
  'the revision is far ahead': (record) =>
    record.type === 'answer' && record.answer.op === 'currentRevision'
      ? { ...record, answer: { op: 'currentRevision', revision: 1e6 } }
      : undefined,
  'an event is lost': (record) => changeBatch(record, (events) => events.slice(1)),
  'an event is told twice': (record) => changeBatch(record, ([first, ...rest]) => (first === undefined ? [] : [first, first, ...rest])),
  'a batch is told twice': (record) => (record.type === 'batch' && record.events.length > 0 ? [record, record] : undefined),
  'a put is told as made anew': (record) =>
    changeBatch(record, (events) =>
      events.map((event) =>
        event.type === 'put' && event.previous !== undefined
          ? { ...event, entry: { ...event.entry, createRevision: event.revision } }
          : event,
      ),
    ),
  'an event has lost its previous value': (record) =>
    changeBatch(record, (events) => events.map((event) => (event.type === 'put' ? { ...event, previous: undefined } : event))),
  'an event has another previous value': (record) =>
    changeBatch(record, (events) =>
      events.map((event) => (event.previous === undefined ? event : { ...event, previous: { ...event.previous, value: 'changed' } })),
    ),
  'a batch says it stands where its events are not': (record) =>
    record.type === 'batch' && record.events.length > 0 ? { ...record, revision: (record.events[0]?.revision ?? 0) - 1 } : undefined,
  'a key is told that is not watched': (record) =>
    changeBatch(record, ([first, ...rest]) =>
      first?.type === 'put' ? [{ ...first, key: 'elsewhere', entry: { ...first.entry, key: 'elsewhere' } }, ...rest] : [],
    ),
}

for (const [mixName, mix] of Object.entries({ kubernetesMix, churnMix })) {
  for (let seed = 1; seed <= 4; seed++) {
    test(`what a correct store did is good (${mixName}, seed ${seed})`, async () => {
      assert.equal(describe(checkHistory(await run(seed, mix), { latenessMs: 1000 })), '')
    })
  }
}

for (const [name, mutate] of Object.entries(mutations)) {
  test(`one lie in a good history is found: ${name}`, async () => {
    const history = await sample
    const random = seededRandom(name.length)
    const places = [...history.keys()].filter((at) => mutate(history[at] ?? restart, history) !== undefined)
    assert.ok(places.length > 0, 'the history has a place for it')
    for (let round = 0; round < 3; round++) {
      const at = places[Math.floor(random.float() * places.length)] ?? 0
      const lie = mutate(history[at] ?? restart, history) ?? []
      assert.notEqual(describe(checkHistory(history.toSpliced(at, 1, ...[lie].flat()))), '', `record ${at}`)
    }
  })
}

/** The history that is lied about. */
const sample = run(11, kubernetesMix)

const restart: HistoryRecord = { type: 'restart', atMs: 0, why: '' }

async function run(seed: number, mix: Mix): Promise<HistoryRecord[]> {
  const clock = new VirtualClock()
  await using store = createMemoryStore({ clock })
  const records: HistoryRecord[] = []
  const recorder = new Recorder({ clock, session: 's', note: (record) => records.push(record) })
  await runWorkload({
    stores: [store],
    recorder,
    clock,
    random: seededRandom(seed),
    pass: (ms) => clock.advance(ms),
    session: 's',
    clientCount: 5,
    keyCount: 15,
    callsPerClient: 60,
    mix,
    leaseMs: 100,
  })
  return records
}

/** Whether the key is never written or deleted while its entry is the newest: so that no read may miss it. */
function isQuiet({ key }: SeenEntry, history: readonly HistoryRecord[]): boolean {
  const events = history.flatMap((record) => (record.type === 'batch' ? record.events : []))
  return !events.some((event) => event.key === key && event.type === 'delete')
}

function revisionOf(record: HistoryRecord): number {
  return record.type === 'answer' && 'revision' in record.answer ? record.answer.revision : 0
}

function isWrite(id: string, history: readonly HistoryRecord[]): boolean {
  return history.some(
    (record) =>
      record.type === 'invoke' &&
      record.id === id &&
      record.request.op === 'txn' &&
      record.request.operations.some(({ type }) => type === 'put'),
  )
}

function changeRange(
  record: HistoryRecord,
  change: (entries: readonly SeenEntry[]) => readonly SeenEntry[] | undefined,
): HistoryRecord | undefined {
  if (record.type !== 'answer' || record.answer.op !== 'range') return undefined
  const entries = change(record.answer.entries)
  return entries && { ...record, answer: { ...record.answer, entries } }
}

function changeBatch(record: HistoryRecord, change: (events: readonly SeenEvent[]) => readonly SeenEvent[]): HistoryRecord | undefined {
  if (record.type !== 'batch' || record.events.length === 0) return undefined
  const events = change(record.events)
  return JSON.stringify(events) === JSON.stringify(record.events) ? undefined : { ...record, events }
}
