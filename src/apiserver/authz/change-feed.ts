/** Follows the objects of a kind without delay: indexes for authorization must never lag behind an answered write. */
import type { Log } from '#base/env/log'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import type { CacheEntry } from '../cache/cache-entry.ts'
import type { ResourceCache } from '../cache/resource-cache.ts'

/** `old` is absent for a creation, `next` for a deletion. */
export type Change<T extends KubeObject> = { readonly old?: T | undefined; readonly next?: T | undefined }

export interface ChangeFeed {
  /**
   * Calls `handle` for every object that is there, then for each change, in the turn in which the cache takes it.
   * An object that does not decode is logged and is as if it were not there.
   */
  follow<T extends KubeObject>(kind: Kind<T>, handle: (change: Change<T>) => void): Disposable
}

/** The cache that holds the objects of a kind, and no others. */
export type CacheSource = { cacheOf(kind: Kind): ResourceCache }

export function changeFeedOf(source: CacheSource, log: Log): ChangeFeed {
  function readable<T>(entry: CacheEntry | undefined): T | undefined {
    const problem = entry?.unreadable()
    if (problem === undefined) return entry?.object() as T | undefined
    log.error('an object in the store cannot be read, and is left out', { error: problem })
    return undefined
  }

  return {
    follow<T extends KubeObject>(kind: Kind<T>, handle: (change: Change<T>) => void): Disposable {
      const cache = source.cacheOf(kind as Kind)
      for (const entry of cache.range(kind.storePrefix)) handle({ next: readable<T>(entry) })
      return cache.subscribe({
        changed: (events) => {
          for (const { entry, previous } of events) handle({ old: readable<T>(previous), next: readable<T>(entry) })
        },
        progressed: () => {},
        ended: () => {},
      })
    },
  }
}
