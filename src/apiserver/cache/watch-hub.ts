/**
 * All watches of a kind. Those that want the same objects are one group: a batch of changes is looked at once for each group that it
 * may concern, and its frames are the same bytes for every watch of the group.
 */
import type { SharedFrame } from '../exchange.ts'
import type { CacheEntry } from './cache-entry.ts'
import type { CacheEvent } from './event-ring.ts'
import type { KindView } from './kind-view.ts'
import { type ObjectFilter, wants } from './object-filter.ts'
import type { ChangeListener } from './resource-cache.ts'
import { UnreadableObject } from './unreadable-object.ts'
import { errorFrame } from './watch-frame.ts'

/** One watch; must not throw or wait. */
export interface WatchMember {
  readonly filter: ObjectFilter
  deliver(frames: readonly SharedFrame[]): void
  /** Everything up to this revision has been delivered. */
  progressed(revision: number): void
  /** Nothing more will come. */
  finish(): void
}

export class WatchHub implements ChangeListener {
  readonly #view: KindView
  readonly #groups = new Map<string, WatchGroup>()
  /** Groups by what a change has in common with the objects that they want. */
  readonly #routes = new Map<string, Set<WatchGroup>>()
  /** How many groups are routed by the value of a field. */
  readonly #fields = new Map<string, number>()
  #subscription: Disposable | undefined

  constructor(view: KindView) {
    this.#view = view
  }

  /** The watch gets every change from now on, until it is disposed of. */
  join(member: WatchMember): Disposable {
    const { filter } = member
    const group = this.#groups.get(filter.text) ?? this.#newGroup(filter)
    group.members.add(member)
    return {
      [Symbol.dispose]: () => {
        group.members.delete(member)
        if (group.members.size === 0 && this.#groups.get(filter.text) === group) this.#forget(group)
      },
    }
  }

  changed(events: readonly CacheEvent[]): void {
    const concerned = new Map<WatchGroup, CacheEvent[]>()
    for (const event of events) {
      for (const group of this.#groupsOf(event)) {
        const own = concerned.get(group)
        if (own === undefined) concerned.set(group, [event])
        else own.push(event)
      }
    }
    for (const [group, own] of concerned) group.changed(this.#view, own)
  }

  progressed(revision: number): void {
    for (const { members } of this.#groups.values()) for (const member of members) member.progressed(revision)
  }

  ended(): void {
    for (const { members } of this.#groups.values()) for (const member of members) member.finish()
  }

  #newGroup(filter: ObjectFilter): WatchGroup {
    const group = new WatchGroup(filter, routeOf(this.#view, filter))
    this.#groups.set(filter.text, group)
    const { route, field } = group
    const groups = this.#routes.get(route)
    if (groups === undefined) this.#routes.set(route, new Set([group]))
    else groups.add(group)
    if (field !== undefined) this.#fields.set(field, (this.#fields.get(field) ?? 0) + 1)
    this.#subscription ??= this.#view.cache.subscribe(this)
    return group
  }

  #forget(group: WatchGroup): void {
    this.#groups.delete(group.filter.text)
    const { route, field } = group
    const groups = this.#routes.get(route)
    groups?.delete(group)
    if (groups?.size === 0) this.#routes.delete(route)
    if (field !== undefined) this.#dropField(field)
    if (this.#groups.size > 0) return
    this.#subscription?.[Symbol.dispose]()
    this.#subscription = undefined
  }

  #dropField(field: string): void {
    const left = (this.#fields.get(field) ?? 1) - 1
    if (left === 0) this.#fields.delete(field)
    else this.#fields.set(field, left)
  }

  /** Each once. */
  #groupsOf({ entry, previous }: CacheEvent): Set<WatchGroup> {
    const found = new Set(this.#routes.get(everything))
    const key = (entry ?? previous)?.key ?? ''
    for (const route of [keyRoute(key), prefixRoute(key.slice(0, key.lastIndexOf('/') + 1))]) this.#collect(route, found)
    for (const state of [entry, previous]) if (state !== undefined) this.#collectByFields(state, found)
    return found
  }

  #collect(route: string, found: Set<WatchGroup>): void {
    for (const group of this.#routes.get(route) ?? []) found.add(group)
  }

  #collectByFields(entry: CacheEntry, found: Set<WatchGroup>): void {
    if (this.#fields.size === 0) return
    const { read, valueOf } = this.#view.facts
    try {
      const facts = this.#view.served(entry).facts(read)
      for (const field of this.#fields.keys()) this.#collect(fieldRoute(field, valueOf(field)?.(facts) ?? ''), found)
    } catch (error) {
      if (!(error instanceof UnreadableObject)) throw error
      // Nobody knows whom it concerns.
      for (const group of this.#groups.values()) if (group.field !== undefined) found.add(group)
    }
  }
}

const everything = '*'
const keyRoute = (key: string) => `key ${key}`
const prefixRoute = (prefix: string) => `prefix ${prefix}`
const fieldRoute = (field: string, value: string) => `field ${field}=${value}`

function routeOf({ cache }: KindView, { key, keyPrefix, field }: ObjectFilter): { readonly route: string; readonly field?: string } {
  if (key !== undefined) return { route: keyRoute(key) }
  if (field !== undefined) return { route: fieldRoute(field.name, field.value), field: field.name }
  return { route: keyPrefix === cache.prefix ? everything : prefixRoute(keyPrefix) }
}

class WatchGroup {
  readonly filter: ObjectFilter
  readonly route: string
  readonly field: string | undefined
  readonly members = new Set<WatchMember>()

  constructor(filter: ObjectFilter, { route, field }: { readonly route: string; readonly field?: string }) {
    this.filter = filter
    this.route = route
    this.field = field
  }

  changed(view: KindView, events: readonly CacheEvent[]): void {
    const { frames, isBroken } = framesOf(view, this.filter, events)
    if (frames.length === 0) return
    for (const member of this.members) {
      member.deliver(frames)
      if (isBroken) member.finish()
    }
  }
}

/** What a reader of the filter sees of the changes. As upstream: who comes to an object that cannot be read is told, and has to list. */
export function framesOf(
  view: KindView,
  filter: ObjectFilter,
  events: readonly CacheEvent[],
): { readonly frames: readonly SharedFrame[]; readonly isBroken: boolean } {
  const frames: SharedFrame[] = []
  try {
    for (const event of events) {
      const frame = frameOf(view, filter, event)
      if (frame !== undefined) frames.push(frame)
    }
    return { frames, isBroken: false }
  } catch (error) {
    if (!(error instanceof UnreadableObject)) throw error
    return { frames: [...frames, errorFrame(error)], isBroken: true }
  }
}

function frameOf(view: KindView, filter: ObjectFilter, event: CacheEvent): SharedFrame | undefined {
  const isIn = wants(view, filter, event.entry)
  const wasIn = wants(view, filter, event.previous)
  if (isIn) return view.frame(event, wasIn ? 'MODIFIED' : 'ADDED')
  return wasIn ? view.frame(event, 'DELETED') : undefined
}
