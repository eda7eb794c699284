/** Follows the objects of a kind without delay: indexes for authorization must never lag behind an answered write. */
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import type { CacheEvent } from '../cache/event-ring.ts'
import type { ResourceCache } from '../cache/resource-cache.ts'

/** `old` is absent for a creation, `next` for a deletion. */
export type Change<T extends KubeObject> = { readonly old?: T | undefined; readonly next?: T | undefined }

export interface ChangeFeed {
  /** Calls `handle` for every object that is there, then for each change, in the turn in which the cache takes it. */
  follow<T extends KubeObject>(kind: Kind<T>, handle: (change: Change<T>) => void): Disposable
}

/** The part of `StoreFeed` that is needed here. */
export type CacheSource = { cache(prefix: string): ResourceCache }

export function changeFeedOf(source: CacheSource): ChangeFeed {
  return {
    follow<T extends KubeObject>(kind: Kind<T>, handle: (change: Change<T>) => void): Disposable {
      const cache = source.cache(kind.storePrefix)
      // The cache of a kind's prefix holds objects of that kind only.
      for (const entry of cache.range(kind.storePrefix)) handle({ next: entry.object() as T })
      return cache.subscribe({
        changed: (events) => {
          for (const event of events) handle(changeOf<T>(event))
        },
        progressed: () => {},
        ended: () => {},
      })
    },
  }
}

function changeOf<T extends KubeObject>({ entry, previous }: CacheEvent): Change<T> {
  return { old: previous?.object() as T | undefined, next: entry?.object() as T | undefined }
}
