/** Brings services and the objects of their addresses together again, for as long as the server runs, and tells of it in events. */
import { type Clock, nowRfc3339Micro } from '#base/env/clock'
import type { Log } from '#base/env/log'
import type { Client } from '#client/client'
import { Service } from '#kinds/core/service.kind'
import { Event } from '#kinds/events/event.kind'
import { IPAddress } from '#kinds/networking/ip-address.kind'
import { ServiceCIDR } from '#kinds/networking/service-cidr.kind'
import { refOf, withMeta } from '#meta/object'
import { hasReason, ignoreNotFound } from '#meta/status'
import type { ChangeFeed } from '../authz/change-feed.ts'
import type { StateReader } from '../exchange.ts'
import { addressLabels, addressObject } from './address-object.ts'
import { parseIpRange } from './ip-range.ts'
import { addressRepair, type Finding, portFindings, type Repair, type RepairFacts, serviceRepairs } from './repair-plan.ts'

export type RepairDeps = {
  readonly clock: Clock
  readonly log: Log
  readonly client: Client
  readonly state: StateReader
  readonly changes: ChangeFeed
}

export type RepairOptions = { readonly ports: RepairFacts['ports']; readonly hostname: string }

/** As often as upstream looks at all services. */
const periodMs = 30_000
/** The first look, at what another release or a crash has left; and one at an address that has come or changed. */
const firstLookMs = 2_000
const secondLookMs = 1_000

const reporter = 'ipallocator-repair-controller'

/** Works until it is disposed. */
export function repairServices(deps: RepairDeps, options: RepairOptions): Disposable {
  const { clock, log, state, changes } = deps
  const stop = new AbortController()
  const suspects = new Set<string>()
  let timer = clock.setTimer(firstLookMs, () => void look())
  let suspectsTimer: Disposable | undefined

  async function carryOut(repairs: Iterable<Repair>): Promise<void> {
    for (const repair of repairs) {
      if (stop.signal.aborted) return
      try {
        await mend(deps, repair, options.hostname, stop.signal)
      } catch (error) {
        if (!stop.signal.aborted) log.warn('the address of a service could not be repaired', { error })
      }
    }
  }

  async function look(): Promise<void> {
    const facts = { ...factsOf(deps, options), ranges: knownRanges(deps) }
    const services = state.list(Service)
    await carryOut(services.flatMap((service) => serviceRepairs(service, facts)))
    await carryOut(portFindings(services, facts).map((finding) => ({ finding })))
    await carryOut(state.list(IPAddress).flatMap((entry) => addressRepair(entry, facts) ?? []))
    if (!stop.signal.aborted) timer = clock.setTimer(periodMs, () => void look())
  }

  /** What comes and goes in one transaction is whole a moment later. */
  async function lookAtSuspects(): Promise<void> {
    suspectsTimer = undefined
    const facts = factsOf(deps, options)
    const entries = [...suspects].map((name) => facts.address(name)).filter((entry) => entry !== undefined)
    suspects.clear()
    await carryOut(entries.flatMap((entry) => addressRepair(entry, facts) ?? []))
  }

  function suspect(entry: IPAddress | undefined): void {
    if (entry === undefined || addressRepair(entry, factsOf(deps, options)) === undefined) return
    suspects.add(entry.metadata.name ?? '')
    suspectsTimer ??= clock.setTimer(secondLookMs, () => void lookAtSuspects())
  }

  const stack = new DisposableStack()
  stack.defer(() => stop.abort())
  stack.defer(() => timer[Symbol.dispose]())
  stack.defer(() => suspectsTimer?.[Symbol.dispose]())
  stack.use(changes.follow(IPAddress, ({ next }) => suspect(next)))
  return stack
}

function factsOf({ clock, state }: RepairDeps, { ports }: RepairOptions): RepairFacts {
  return {
    service: (namespace, name) => state.get(Service, namespace, name),
    address: (name) => state.get(IPAddress, undefined, name),
    ranges: [],
    ports,
    nowMs: clock.nowMs(),
  }
}

function knownRanges({ state }: RepairDeps): RepairFacts['ranges'] {
  return state.list(ServiceCIDR).flatMap(({ spec }) => (spec?.cidrs ?? []).map(parseIpRange))
}

async function mend(deps: RepairDeps, { finding, mend: what }: Repair, hostname: string, signal: AbortSignal): Promise<void> {
  const { client } = deps
  if (finding !== undefined) await tell(deps, finding, hostname, signal)
  switch (what?.do) {
    case undefined:
      return
    case 'create':
      return await createAddress(client, what, signal)
    case 'replace':
      await ignoreNotFound(client.delete(IPAddress, { name: what.address }, {}, signal))
      return await createAddress(client, what, signal)
    case 'label': {
      const { name = '', labels } = what.entry.metadata
      await client.update(IPAddress, withMeta(what.entry, { labels: { ...labels, ...addressLabels(name) } }), {}, signal)
      return
    }
    case 'delete': {
      const { uid } = refOf(what.entry)
      await ignoreNotFound(client.delete(IPAddress, refOf(what.entry), { uid }, signal))
      return
    }
  }
}

/** Another server of the cluster may be quicker. */
async function createAddress(
  client: Client,
  { address, owner }: { readonly address: string; readonly owner: Service },
  signal: AbortSignal,
) {
  try {
    await client.create(IPAddress, addressObject(address, owner), {}, signal)
  } catch (error) {
    if (!hasReason(error, 'AlreadyExists')) throw error
  }
}

async function tell({ client, clock, log }: RepairDeps, { about, reason, action, note }: Finding, hostname: string, signal: AbortSignal) {
  const { apiVersion, kind, metadata } = about
  const { name = '', namespace, uid, resourceVersion } = metadata
  const nowMs = clock.nowMs()
  log.warn('a service address is not as it should be', { reason, note })
  const event: Event = {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: `${name}.${(BigInt(Math.round(nowMs * 1000)) * 1000n).toString(16)}`, namespace: namespace ?? 'default' },
    eventTime: nowRfc3339Micro(clock),
    reportingController: reporter,
    reportingInstance: `${reporter}-${hostname}`,
    type: 'Warning',
    regarding: { apiVersion, kind, name, namespace, uid, resourceVersion },
    reason,
    action,
    note,
  }
  // Without the namespace there is nobody to tell.
  await client.create(Event, event, {}, signal).catch((error: unknown) => log.debug('event was not taken', { error }))
}
