/** Sends events to the API server in the background, in order. What does not fit into the queue is dropped. */
import { rfc3339, sleep } from '#base/env/clock'
import type { Env } from '#base/env/env'
import type { Client } from '#client/client'
import { ConnectionError } from '#client/transport'
import { Event } from '#kinds/core/event.kind'
import type { KubeObject } from '#meta/object'
import { hasReason } from '#meta/status'
import { type Correlated, EventCorrelator } from './event-correlator.ts'
import type { EventRecorder, EventType } from './event-recorder.ts'

/** Who tells: `component` as in `kubelet`, `host` where it belongs to one node. */
export type EventSource = { readonly component: string; readonly host?: string }

type Fact = {
  readonly object: KubeObject
  readonly type: EventType
  readonly reason: string
  readonly message: string
  readonly fieldPath?: string
  readonly action?: string
  readonly atMs: number
}

const queueLengthMax = 1000
// As upstream: a server that is not there is tried for two minutes.
const attemptCountMax = 12
const attemptPauseMs = 10_000

export class ApiEventRecorder implements EventRecorder {
  readonly #deps: Env & { readonly client: Client }
  readonly #source: EventSource
  readonly #correlator = new EventCorrelator()
  readonly #queue: Event[] = []
  #wake: () => void = () => {}
  #droppedCount = 0
  #sequence = 0

  constructor(deps: Env & { readonly client: Client }, source: EventSource) {
    this.#deps = deps
    this.#source = source
  }

  event(
    object: KubeObject,
    type: EventType,
    reason: string,
    message: string,
    facts: { readonly fieldPath?: string; readonly action?: string } = {},
  ): void {
    if (this.#queue.length >= queueLengthMax) {
      this.#droppedCount++
      return
    }
    const atMs = this.#deps.clock.nowMs()
    this.#queue.push(eventOf({ object, type, reason, message, atMs, ...facts }, this.#source, this.#sequence++))
    this.#wake()
  }

  /** Sends until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#wake(), { once: true })
    while (!signal.aborted) {
      const event = this.#queue.shift()
      if (event === undefined) await new Promise<void>((resolve) => (this.#wake = resolve))
      else await this.#record(event, signal)
      this.#reportDropped()
    }
  }

  async #record(event: Event, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#deps
    const correlated = this.#correlator.correlate(event, clock.nowMs())
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        await this.#send(correlated, signal)
        return
      } catch (error) {
        const isWorthwhile = error instanceof ConnectionError && attempt < attemptCountMax
        if (signal.aborted) return
        // A namespace that is going away takes no events: nobody would read them.
        if (!isWorthwhile) return log.debug('event was not taken', { reason: event.reason, error })
        await sleep(clock, attemptPauseMs, signal).catch(() => undefined)
      }
    }
  }

  async #send(correlated: Correlated, signal: AbortSignal): Promise<void> {
    const { client } = this.#deps
    if (correlated.do === 'drop') return
    const { event, key } = correlated
    if (correlated.do === 'create') {
      this.#correlator.created(key, await client.create(Event, event, {}, signal))
      return
    }
    const { name, count, firstTimestamp } = correlated
    const ref = { namespace: event.metadata.namespace, name }
    try {
      const body = { count, message: event.message, lastTimestamp: event.lastTimestamp }
      await client.patch(Event, ref, { type: 'strategic', body }, signal)
    } catch (error) {
      if (!hasReason(error, 'NotFound')) throw error
      this.#correlator.lost(key)
      const renewed = { ...event, count, firstTimestamp: firstTimestamp ?? event.firstTimestamp }
      this.#correlator.created(key, await client.create(Event, renewed, {}, signal))
    }
  }

  #reportDropped(): void {
    if (this.#droppedCount === 0) return
    this.#deps.log.warn('events were dropped: too many at once', { count: this.#droppedCount })
    this.#droppedCount = 0
  }
}

function eventOf(fact: Fact, source: EventSource, sequence: number): Event {
  const { object, atMs } = fact
  const { name = '', namespace, uid, resourceVersion } = object.metadata
  const timestamp = rfc3339(atMs)
  return {
    apiVersion: 'v1',
    kind: 'Event',
    // As upstream: the object's name and nanoseconds in hexadecimal; the sequence stands for the digits that the clock lacks.
    metadata: {
      name: `${name}.${(BigInt(Math.round(atMs * 1000)) * 1000n + BigInt(sequence % 1000)).toString(16)}`,
      namespace: namespace || 'default',
    },
    involvedObject: {
      apiVersion: object.apiVersion,
      kind: object.kind,
      name,
      namespace,
      uid,
      resourceVersion,
      ...(fact.fieldPath === undefined ? {} : { fieldPath: fact.fieldPath }),
    },
    reason: fact.reason,
    message: fact.message,
    type: fact.type,
    source: { component: source.component, ...(source.host === undefined ? {} : { host: source.host }) },
    firstTimestamp: timestamp,
    lastTimestamp: timestamp,
    count: 1,
    reportingComponent: source.component,
    reportingInstance: source.host ?? '',
    ...(fact.action === undefined ? {} : { action: fact.action }),
  }
}
