/** What can be wrong with reading. */
import type { Entry, RangeRequest, RangeResult } from '../../store.ts'
import { type Fault, fault } from './fault.ts'

export const rangeFaults = {
  'sorts backwards': withPage((result) => ({ ...result, entries: result.entries.toReversed() })),
  'includes the end of a range': fault((store) => ({
    range: (request, signal) => store.range('to' in request ? { ...request, to: `${request.to}\u0000` } : request, signal),
  })),
  'has pages one too long': withRequest((request) => (request.limit === undefined ? request : { ...request, limit: request.limit + 1 })),
  'says that nothing remains': withPage((result) => ({ ...result, remaining: 0 })),
  'skips a key on the next page': fault((store) => ({
    async range(request, signal) {
      if (request.afterKey === undefined) return store.range(request, signal)
      const [skipped] = (await store.range({ ...request, limit: 1 }, signal)).entries
      return store.range({ ...request, afterKey: skipped?.key ?? request.afterKey }, signal)
    },
  })),
  'begins the next page with the last of the one before': fault((store) => ({
    async range(request, signal) {
      if (request.afterKey === undefined) return store.range(request, signal)
      const { afterKey, ...first } = request
      const result = await store.range({ ...first, limit: undefined }, signal)
      const from = result.entries.findIndex(({ key }) => key >= afterKey)
      const entries = result.entries.slice(from, from + (request.limit ?? Infinity))
      return { ...result, entries, remaining: Math.max(0, result.entries.length - from - entries.length) }
    },
  })),
  'reads the newest instead of an old revision': fault((store) => ({
    async range({ atRevision, ...request }, signal) {
      const result = await store.range(request, signal)
      return { ...result, revision: atRevision ?? result.revision }
    },
  })),
  'reads future revisions': fault((store) => ({
    async range(request, signal) {
      if (request.atRevision === undefined) return store.range(request, signal)
      const atRevision = Math.min(request.atRevision, await store.currentRevision())
      return { ...(await store.range({ ...request, atRevision }, signal)), revision: request.atRevision }
    },
  })),
  'counts one too many': fault((store) => ({ count: async (range, signal) => (await store.count(range, signal)) + 1 })),
  'counts the neighbours': fault((store) => ({
    count: (range, signal) => store.count('prefix' in range ? { prefix: range.prefix.slice(0, -1) } : range, signal),
  })),
  'answers gets from a memory of its own': fault((store) => {
    const remembered = new Map<string, Entry | undefined>()
    let reads = 0
    return {
      async get(key, signal) {
        if (++reads % 5 === 0 && remembered.has(key)) return remembered.get(key)
        const entry = await store.get(key, signal)
        remembered.set(key, entry)
        return entry
      },
    }
  }),
  'answers ranges from a while ago': fault((store) => {
    let old: RangeResult | undefined
    return {
      async range(request, signal) {
        const result = await store.range(request, signal)
        if (request.atRevision !== undefined || !('prefix' in request) || request.prefix !== '' || request.limit !== undefined)
          return result
        const stale = old
        old = result
        return stale ?? result
      },
    }
  }),
  'tells an old revision': fault((store) => {
    let first: number | undefined
    return { currentRevision: async (signal) => (first ??= await store.currentRevision(signal)) }
  }),
  'status is wrong': fault((store) => ({
    async status(signal) {
      const status = await store.status(signal)
      return { ...status, keyCount: status.keyCount + 1, compactRevision: 0 }
    },
  })),
} satisfies Record<string, Fault>

function withPage(change: (result: RangeResult) => RangeResult): Fault {
  return fault((store) => ({ range: async (request, signal) => change(await store.range(request, signal)) }))
}

function withRequest(change: (request: RangeRequest) => RangeRequest): Fault {
  return fault((store) => ({ range: (request, signal) => store.range(change(request), signal) }))
}
