/** What can be wrong with compaction. */
import type { Entry, Store } from '../../store.ts'
import { compacted, isStoreError, StoreError } from '../../store-error.ts'
import { watchBut } from '../store-but.ts'
import { changedWatch, type Fault, fault } from './fault.ts'

export const compactionFaults = {
  'never compacts': fault((store) => ({ compact: () => store.status().then(() => undefined) })),
  'compacts one revision less': fault((store) => ({ compact: (revision, signal) => store.compact(revision - 1, signal) })),
  'compacts one revision more': fault((store) => ({
    compact: async (revision, signal) => store.compact(Math.min(revision + 1, Math.max(revision, await store.currentRevision())), signal),
  })),
  'forgets live keys at compaction': fault((store) => {
    let forgottenBefore = 0
    const isThere = ({ modRevision }: Entry): boolean => modRevision >= forgottenBefore
    return {
      async compact(revision, signal) {
        await store.compact(revision, signal)
        forgottenBefore = revision - 1
      },
      async range(request, signal) {
        const result = await store.range(request, signal)
        return { ...result, entries: result.entries.filter(isThere) }
      },
    }
  }),
  'forgets versions at compaction': fault((store) => {
    let compactedTo = 0
    const changed = (entry: Entry): Entry => (entry.modRevision <= compactedTo ? { ...entry, version: 1 } : entry)
    return {
      async compact(revision, signal) {
        await store.compact(revision, signal)
        compactedTo = revision
      },
      async range(request, signal) {
        const result = await store.range(request, signal)
        return { ...result, entries: result.entries.map(changed) }
      },
    }
  }),
  'brings deleted keys back at compaction': fault((store) => {
    const deleted = new Map<string, Entry>()
    const returned = new Map<string, Entry>()
    return {
      async txn(txn, signal) {
        const result = await store.txn(txn, signal)
        for (const [i, { type, key }] of txn.operations.entries()) {
          const previous = result.succeeded ? result.previous[i] : undefined
          if (type === 'delete' && previous !== undefined) deleted.set(key, previous)
          if (type === 'put') for (const map of [deleted, returned]) map.delete(key)
        }
        return result
      },
      async compact(revision, signal) {
        await store.compact(revision, signal)
        for (const [key, entry] of deleted) returned.set(key, entry)
      },
      get: async (key, signal) => (await store.get(key, signal)) ?? returned.get(key),
      async range(request, signal) {
        const result = await store.range(request, signal)
        if (!('prefix' in request) || request.limit !== undefined || request.atRevision !== undefined) return result
        const back = returned.values().filter(({ key }) => key.startsWith(request.prefix))
        return { ...result, entries: [...result.entries, ...back].toSorted((a, b) => (a.key < b.key ? -1 : 1)) }
      },
    }
  }),
  'forgets at compaction what was before an event': fault((store) => {
    let compactedTo = 0
    return {
      async compact(revision, signal) {
        await store.compact(revision, signal)
        compactedTo = revision
      },
      watch: (request, signal) =>
        changedWatch(store.watch(request, signal), (batch) => [
          {
            ...batch,
            events: batch.events.map((event) =>
              event.type === 'delete' && event.previous.modRevision <= compactedTo
                ? { ...event, previous: { ...event.previous, value: new Uint8Array() } }
                : event,
            ),
          },
        ]),
    }
  }),
  'swallows events that compaction overtakes': fault((store) => {
    let asked = 0
    return {
      compact(revision, signal) {
        asked = Math.max(asked, revision + 1)
        return store.compact(revision, signal)
      },
      watch: (request, signal) =>
        changedWatch(store.watch(request, signal), (batch) => [
          { ...batch, events: batch.events.filter(({ type, revision }) => type === 'put' || revision > asked) },
        ]),
    }
  }),
  'resumes a watch silently behind what was compacted': fault((store) => ({
    watch(request, signal) {
      let watch = store.watch(request, signal)
      return watchBut(watch, {
        async next() {
          try {
            return await watch.next()
          } catch (error) {
            if (!isStoreError(error, 'Compacted')) throw error
            watch = store.watch({ ...request, afterRevision: error.oldestRevision }, signal)
            return watch.next()
          }
        },
      })
    },
  })),
  'takes the newest key for the newest revision': fault((store) => ({
    async currentRevision(signal) {
      const { entries } = await store.range({ prefix: '' }, signal)
      return entries.reduce((newest, { modRevision }) => Math.max(newest, modRevision), 1)
    },
  })),
  'stops compacting for ever after one failure': fault((store) => {
    let hasFailed = false
    return {
      async compact(revision, signal) {
        if (hasFailed) return
        try {
          await store.compact(revision, signal)
        } catch (error) {
          hasFailed = true
          throw error
        }
      },
    }
  }),
  'turns the compacted revision back': fault((store) => {
    let compactedTo = 0
    return {
      async compact(revision) {
        compactedTo = revision
        await Promise.resolve()
      },
      range(request, signal) {
        const { atRevision } = request
        if (atRevision !== undefined && atRevision < compactedTo) return Promise.reject(compacted(atRevision, compactedTo))
        return store.range(request, signal)
      },
    }
  }),
  'compacts the future': fault((store) => ({
    compact: async (revision, signal) => store.compact(Math.min(revision, await store.currentRevision()), signal),
  })),
  'does not name the oldest revision': fault((store) => ({ range: (request, signal) => withoutOldest(store, request, signal) })),
  'mixes revisions in pages while it compacts': fault((store) => {
    let isCompacting = false
    return {
      compact(revision, signal) {
        isCompacting = true
        return store.compact(revision, signal)
      },
      async range({ atRevision, ...request }, signal) {
        if (!isCompacting) return store.range({ ...request, atRevision }, signal)
        return { ...(await store.range(request, signal)), revision: atRevision ?? (await store.currentRevision()) }
      },
    }
  }),
} satisfies Record<string, Fault>

async function withoutOldest(store: Store, ...[request, signal]: Parameters<Store['range']>): ReturnType<Store['range']> {
  try {
    return await store.range(request, signal)
  } catch (error) {
    if (isStoreError(error, 'Compacted')) throw new StoreError('Compacted', 'compacted')
    throw error
  }
}
