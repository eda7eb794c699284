/** What can be wrong with watches. */
import type { StoreEvent, WatchBatch } from '../../store.ts'
import { isStoreError } from '../../store-error.ts'
import { watchBut } from '../store-but.ts'
import { changedWatch, type Fault, fault, watchFault } from './fault.ts'

export const watchFaults = {
  'loses every seventh event': watchFault(() => {
    let events = 0
    return (batch) => [{ ...batch, events: batch.events.filter(() => ++events % 7 !== 0) }]
  }),
  'loses deletions': withEvents((events) => events.filter(({ type }) => type === 'put')),
  'tells events twice': withEvents((events) => events.flatMap((event) => [event, event])),
  'tells events in the wrong order': watchFault(() => {
    let held: WatchBatch | undefined
    return (batch) => {
      if (batch.events.length === 0) return [batch]
      const before = held
      held = before === undefined ? batch : undefined
      return before === undefined ? [] : [batch, before]
    }
  }),
  'splits revisions': watchFault(
    () => (batch) => (batch.events.length < 2 ? [batch] : batch.events.map((event) => ({ events: [event], revision: batch.revision }))),
  ),
  'forgets what was before': withEvents((events) =>
    events.map((event) =>
      event.type === 'put' ? { ...event, previous: undefined } : { ...event, previous: { ...event.previous, version: 0 } },
    ),
  ),
  'tells what was before in the wrong version': withEvents((events) =>
    events.map((event) =>
      event.previous === undefined ? event : { ...event, previous: { ...event.previous, version: event.previous.version + 1 } },
    ),
  ),
  'tells every put as a creation': withEvents((events) =>
    events.map((event) =>
      event.type === 'put' ? { ...event, previous: undefined, entry: { ...event.entry, createRevision: event.revision } } : event,
    ),
  ),
  'watches the neighbours too': fault((store) => ({
    watch: (request, signal) => store.watch({ ...request, prefix: request.prefix.slice(0, -1) }, signal),
  })),
  'starts from the beginning when it should start now': fault((store) => ({
    watch: (request, signal) => store.watch({ ...request, afterRevision: request.afterRevision ?? 1 }, signal),
  })),
  'resumes one late': fault((store) => {
    let revision = 0
    return {
      async txn(txn, signal) {
        const result = await store.txn(txn, signal)
        revision = Math.max(revision, result.revision)
        return result
      },
      watch: ({ afterRevision, ...request }, signal) =>
        store.watch({ ...request, ...(afterRevision !== undefined && { afterRevision: Math.min(afterRevision + 1, revision) }) }, signal),
    }
  }),
  'watches from the future': fault((store) => ({
    watch: ({ afterRevision, ...request }, signal) =>
      afterRevision === undefined || afterRevision < 1000
        ? store.watch({ ...request, afterRevision }, signal)
        : store.watch(request, signal),
  })),
  'tells no progress': fault((store) => ({
    watch: ({ progressIntervalMs, ...request }, signal) => watchBut(store.watch(request, signal), { requestProgress: () => undefined }),
  })),
  'tells progress too early': fault((store) => ({
    watch: (request, signal) =>
      store.watch(
        { ...request, progressIntervalMs: request.progressIntervalMs === undefined ? undefined : request.progressIntervalMs / 2 },
        signal,
      ),
  })),
  'tells progress ahead of events': watchFault(() => (batch) => (batch.events.length === 0 ? [batch] : [{ ...batch, events: [] }, batch])),
  'goes on after its signal': fault((store) => ({ watch: (request) => store.watch(request) })),
  'serves five thousand watches': fault((store) => {
    let watches = 0
    return {
      watch: (request, signal) => {
        const watch = store.watch(request, signal)
        return ++watches <= 5000 ? watch : changedWatch(watch, () => [])
      },
    }
  }),
  'ends quietly when it is closed': fault((store) => ({
    watch(request, signal) {
      const watch = store.watch(request, signal)
      return watchBut(watch, {
        next: () =>
          watch.next().catch((error: unknown) => {
            if (isStoreError(error, 'Closed')) return { done: true, value: undefined }
            throw error
          }),
      })
    },
  })),
  'lets readers lag for ever': ({ open }) => open({ queuedEventsMax: Number.POSITIVE_INFINITY, queuedBytesMax: Number.POSITIVE_INFINITY }),
  'cuts readers off too early': ({ open }) => open({ queuedEventsMax: 50 }),
} satisfies Record<string, Fault>

function withEvents(change: (events: readonly StoreEvent[]) => readonly StoreEvent[]): Fault {
  return watchFault(() => (batch) => [{ ...batch, events: change(batch.events) }])
}
