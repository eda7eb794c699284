/**
 * Says in the status of each APIService whether it can be used. Whatever changes, all are looked at again; the write
 * happens a moment later, so that a burst of changes costs one look.
 */

import type { Clock } from '#base/env/clock'
import type { Log } from '#base/env/log'
import type { Client } from '#client/client'
import { APIService } from '#kinds/apiregistration/api-service.kind'
import { availableCondition } from '#kinds/apiregistration/availability'
import { Service } from '#kinds/core/service.kind'
import { EndpointSlice } from '#kinds/discovery/endpoint-slice.kind'
import { conditionOf, withCondition } from '#meta/conditions'
import type { Kind } from '#meta/kind'
import { hasReason } from '#meta/status'
import type { ChangeFeed } from '../authz/change-feed.ts'
import { asApiServer } from '../bootstrap/restore-object.ts'
import type { StateReader } from '../exchange.ts'
import { availabilityOf } from './availability-of.ts'

export type AvailabilityDeps = {
  readonly clock: Clock
  readonly log: Log
  readonly client: Client
  readonly state: StateReader
  readonly changes: ChangeFeed
}

const delayMs = 50
const retryMs = 1000
const sliceOfService = 'kubernetes.io/service-name'

/** Works until it is disposed. */
export function keepAvailability(deps: AvailabilityDeps): Disposable {
  const { clock, log, changes } = deps
  const stop = new AbortController()
  let timer: Disposable | undefined
  const lookIn = (ms: number): void => {
    timer?.[Symbol.dispose]()
    timer = clock.setTimer(ms, () => void look())
  }
  async function look(): Promise<void> {
    try {
      await markAll(deps, stop.signal)
    } catch (error) {
      if (stop.signal.aborted) return
      log.warn('the status of an APIService could not be written', { error })
      lookIn(retryMs)
    }
  }
  const stack = new DisposableStack()
  stack.defer(() => stop.abort())
  stack.defer(() => timer?.[Symbol.dispose]())
  const followed: readonly Kind[] = [APIService, Service, EndpointSlice]
  for (const kind of followed) stack.use(changes.follow(kind, () => lookIn(delayMs)))
  return stack
}

async function markAll({ client, clock, state }: AvailabilityDeps, signal: AbortSignal): Promise<void> {
  for (const object of state.list(APIService)) {
    const next = marked(object, state, clock.nowMs())
    if (next === undefined) continue
    try {
      await client.update(APIService, next, { ...asApiServer, subresource: 'status' }, signal)
    } catch (error) {
      // It has changed or gone, and will be looked at again.
      if (!hasReason(error, 'Conflict', 'NotFound')) throw error
    }
  }
}

/** Undefined where its status says so already. */
function marked(object: APIService, state: StateReader, nowMs: number): APIService | undefined {
  const { name = '', namespace = '' } = object.spec.service ?? {}
  const isLocal = object.spec.service === undefined
  const wanted = availabilityOf(object, {
    service: isLocal ? undefined : state.get(Service, namespace, name),
    slices: isLocal ? [] : state.list(EndpointSlice, namespace).filter(({ metadata }) => metadata.labels?.[sliceOfService] === name),
  })
  const found = conditionOf(object.status.conditions, 'Available')
  if (found?.status === wanted.status && found.reason === wanted.reason && found.message === wanted.message) return undefined
  const conditions = withCondition(object.status.conditions, availableCondition(wanted, found, nowMs))
  return { ...object, status: { ...object.status, conditions } }
}
