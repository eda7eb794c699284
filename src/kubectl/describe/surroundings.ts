/** What a describer may ask beside its object: the time, other objects, and the object's events. */
import type { KubeObject } from '#meta/object'
import { ignoreNotFound } from '#meta/status'
import type { Call } from '../command.ts'
import { getObject, type ListQuery, listObjects } from '../resources/access.ts'
import type { Collection } from './collections.ts'
import { eventLines } from './events.ts'
import type { Lines } from './lines.ts'

export type Place = { readonly namespace?: string; readonly labelSelector?: string; readonly fieldSelector?: string }

export type Surroundings = {
  readonly nowMs: number
  readonly showsEvents: boolean
  list<T extends KubeObject>(from: Collection<T>, place?: Place): Promise<readonly T[]>
  /** Undefined where there is none. */
  get<T extends KubeObject>(from: Collection<T>, ref: { readonly namespace?: string; readonly name: string }): Promise<T | undefined>
  /** The section `Events:`; empty where events are not to be shown. */
  events(object: KubeObject): Promise<Lines>
}

export function surroundingsOf(
  { cluster, host }: Pick<Call, 'cluster' | 'host'>,
  options: { readonly showsEvents: boolean },
): Surroundings {
  const nowMs = host.clock.nowMs()
  const list: Surroundings['list'] = async (from, { namespace, ...query } = {}) => {
    const { items = [] } = await listObjects(cluster, from, namespace, query satisfies ListQuery)
    return items.map(from.decode)
  }
  return {
    nowMs,
    showsEvents: options.showsEvents,
    list,
    get: async (from, { namespace, name }) => {
      const found = await ignoreNotFound(getObject(cluster, { resource: from, namespace, name }))
      return found === undefined ? undefined : from.decode(found)
    },
    events: async (object) => (options.showsEvents ? await eventLines(object, { nowMs, list }) : []),
  }
}
