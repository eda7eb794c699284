/**
 * Keeps floods of events small, as upstream's correlator: repeats raise a count, many like ones become one
 * that says so, and an object that never stops is rationed. Pure but for its own memory, which is bounded.
 */
import type { Event } from '#kinds/core/event.kind'

/** What to do about an event: create it, raise the count of one that was created, or say nothing. */
export type Correlated =
  | { readonly do: 'create'; readonly event: Event; readonly key: string }
  | {
      readonly do: 'count'
      readonly event: Event
      readonly key: string
      readonly name: string
      readonly count: number
      readonly firstTimestamp: string | undefined
    }
  | { readonly do: 'drop' }

type Ration = { readonly tokens: number; readonly atMs: number }
type Group = { readonly messages: ReadonlySet<string>; readonly atMs: number }
type Seen = { readonly name: string; readonly count: number; readonly firstTimestamp: string | undefined }

// Upstream's defaults (client-go tools/record/events_cache.go).
const burst = 25
const refillMs = 300_000
const likeEventsMax = 10
const likeWithinMs = 600_000
const remembered = 4096

export class EventCorrelator {
  readonly #rations = new Map<string, Ration>()
  readonly #groups = new Map<string, Group>()
  readonly #seen = new Map<string, Seen>()

  correlate(event: Event, nowMs: number): Correlated {
    const group = groupKeyOf(event)
    const isOneOfMany = this.#joinGroup(group, event.message ?? '', nowMs)
    const told = isOneOfMany ? { ...event, message: `(combined from similar events): ${event.message ?? ''}` } : event
    // Those that were combined are counted together, whatever they say.
    const key = isOneOfMany ? group : JSON.stringify([group, event.message])
    const seen = this.#seen.get(key)
    if (!this.#takeToken(objectKeyOf(event), nowMs)) return { do: 'drop' }
    if (seen === undefined) return { do: 'create', event: told, key }
    const count = seen.count + 1
    remember(this.#seen, key, { ...seen, count })
    return { do: 'count', event: told, key, name: seen.name, count, firstTimestamp: seen.firstTimestamp }
  }

  /** The server has the event: later ones like it raise its count. */
  created(key: string, event: Event): void {
    remember(this.#seen, key, { name: event.metadata.name ?? '', count: event.count ?? 1, firstTimestamp: event.firstTimestamp })
  }

  /** The server lost the event: the next one is created anew. */
  lost(key: string): void {
    this.#seen.delete(key)
  }

  #joinGroup(key: string, message: string, nowMs: number): boolean {
    const group = this.#groups.get(key)
    const isFresh = group !== undefined && nowMs - group.atMs <= likeWithinMs
    const messages = new Set(isFresh ? group.messages : []).add(message)
    if (messages.size > likeEventsMax) messages.delete(messages.values().next().value ?? '')
    remember(this.#groups, key, { messages, atMs: nowMs })
    return messages.size >= likeEventsMax
  }

  #takeToken(key: string, nowMs: number): boolean {
    const ration = this.#rations.get(key) ?? { tokens: burst, atMs: nowMs }
    const tokens = Math.min(ration.tokens + (nowMs - ration.atMs) / refillMs, burst)
    const isGranted = tokens >= 1
    remember(this.#rations, key, { tokens: isGranted ? tokens - 1 : tokens, atMs: nowMs })
    return isGranted
  }
}

/** The newest entries are kept. */
function remember<T>(memory: Map<string, T>, key: string, value: T): void {
  memory.delete(key)
  memory.set(key, value)
  if (memory.size <= remembered) return
  const oldest = memory.keys().next()
  if (!oldest.done) memory.delete(oldest.value)
}

function objectKeyOf({ source, involvedObject: { apiVersion, kind, namespace, name, uid } }: Event): string {
  return JSON.stringify([source?.component, source?.host, apiVersion, kind, namespace, name, uid])
}

function groupKeyOf(event: Event): string {
  return JSON.stringify([
    objectKeyOf(event),
    event.involvedObject.fieldPath,
    event.type,
    event.reason,
    event.reportingComponent,
    event.reportingInstance,
  ])
}
