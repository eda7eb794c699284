/**
 * Registers the node and tells the control plane that it lives: a lease every ten seconds, its status when that
 * changes and every five minutes. Upstream's intervals.
 */
import { isDeepStrictEqual } from 'node:util'
import { nowRfc3339, nowRfc3339Micro, sleep } from '#base/env/clock'
import type { Env } from '#base/env/env'
import type { Client } from '#client/client'
import { Lease } from '#kinds/coordination/lease.kind'
import { Node } from '#kinds/core/node.kind'
import type { NodeStatus } from '#kinds/core/types.gen'
import { hasReason } from '#meta/status'
import { initialNode, labelsOf, type NodeFacts, nodeStatusOf } from './node-object.ts'

export type NodeReporterDeps = Env & {
  readonly client: Client
  readonly leaseDurationSeconds: number
  /** What the node is like now; asked before each report. */
  readonly facts: () => Promise<Omit<NodeFacts, 'now'>>
}

const statusIntervalMs = 10_000
/** While the runtime or its network is not ready yet: the node shall become Ready as soon as they are. */
const notReadyIntervalMs = 200
const statusReportIntervalMs = 300_000
const registerRetryMs = 200

export class NodeReporter {
  readonly #deps: NodeReporterDeps
  #node: Node | undefined
  #reportedAtMs = Number.NEGATIVE_INFINITY
  #wake: AbortController = new AbortController()

  constructor(deps: NodeReporterDeps) {
    this.#deps = deps
  }

  /** As the API server answered last; undefined before the first answer. */
  get node(): Node | undefined {
    return this.#node
  }

  /** The node as the watch shows it. */
  observe(node: Node): void {
    this.#node = node
  }

  /** Reports now and not in ten seconds. */
  reportSoon(): void {
    this.#wake.abort()
  }

  /** Until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#register(signal)
    await Promise.all([this.#renewLease(signal), this.#reportStatus(signal)])
  }

  async #register(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const facts = await this.#facts()
        this.#node = await this.#createOrAdopt(initialNode(facts), facts)
        return
      } catch (error) {
        this.#deps.log.warn('cannot register the node yet', { error })
        await sleep(this.#deps.clock, registerRetryMs, signal).catch(() => undefined)
      }
    }
  }

  async #createOrAdopt(wanted: Node, facts: NodeFacts): Promise<Node> {
    const { client } = this.#deps
    try {
      return await client.create(Node, wanted)
    } catch (error) {
      if (!hasReason(error, 'AlreadyExists')) throw error
    }
    const ref = { name: facts.name }
    await client.patch(Node, ref, { type: 'merge', body: { metadata: { labels: labelsOf(facts) } } })
    return await client.get(Node, ref)
  }

  async #renewLease(signal: AbortSignal): Promise<void> {
    const { clock, leaseDurationSeconds, log } = this.#deps
    let lease: Lease | undefined
    while (!signal.aborted) {
      try {
        lease = await this.#writeLease(lease)
      } catch (error) {
        lease = undefined
        if (!signal.aborted) log.warn('cannot renew the node lease', { error })
      }
      await sleep(clock, (leaseDurationSeconds * 1000) / 4, signal).catch(() => undefined)
    }
  }

  async #writeLease(known: Lease | undefined): Promise<Lease> {
    const { client, clock, leaseDurationSeconds } = this.#deps
    const name = this.#node?.metadata.name ?? ''
    const ref = { namespace: 'kube-node-lease', name }
    const spec = { holderIdentity: name, leaseDurationSeconds, renewTime: nowRfc3339Micro(clock) }
    const current = known ?? (await client.get(Lease, ref).catch(absentWhenNotFound))
    if (current !== undefined) return await client.update(Lease, { ...current, spec: { ...current.spec, ...spec } })
    const owner = { apiVersion: 'v1', kind: 'Node', name, uid: this.#node?.metadata.uid ?? '' }
    const metadata = { ...ref, ownerReferences: [owner] }
    return await client.create(Lease, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec })
  }

  async #reportStatus(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#wake = new AbortController()
      let isReady = false
      try {
        isReady = await this.#writeStatus()
      } catch (error) {
        if (hasReason(error, 'NotFound')) await this.#register(signal)
        else if (!signal.aborted) this.#deps.log.warn('cannot report the node status', { error })
      }
      await sleep(this.#deps.clock, isReady ? statusIntervalMs : notReadyIntervalMs, AbortSignal.any([signal, this.#wake.signal])).catch(
        () => undefined,
      )
    }
  }

  /** Resolves with whether the node is ready. */
  async #writeStatus(): Promise<boolean> {
    const { client, clock } = this.#deps
    const facts = await this.#facts()
    const before = this.#node?.status
    const status = nodeStatusOf(facts, before)
    const isDue = clock.monotonicMs() - this.#reportedAtMs >= statusReportIntervalMs
    const isReady = facts.notReadyMessage === undefined
    if (!isDue && isDeepStrictEqual(withoutHeartbeats(status), withoutHeartbeats(pick(before, status)))) return isReady
    this.#node = await client.patch(Node, { name: facts.name }, { type: 'strategic', body: { status }, subresource: 'status' })
    this.#reportedAtMs = clock.monotonicMs()
    return isReady
  }

  async #facts(): Promise<NodeFacts> {
    return { ...(await this.#deps.facts()), now: nowRfc3339(this.#deps.clock) }
  }
}

function absentWhenNotFound(error: unknown): undefined {
  if (!hasReason(error, 'NotFound')) throw error
  return undefined
}

/** The fields of `status` that `like` has: others belong to other writers. */
function pick(status: NodeStatus | undefined, like: NodeStatus): NodeStatus {
  return Object.fromEntries(Object.entries(status ?? {}).filter(([key]) => key in like))
}

function withoutHeartbeats(status: NodeStatus): NodeStatus {
  const conditions = (status.conditions ?? []).map(({ lastHeartbeatTime: _, ...rest }) => rest)
  return { ...status, conditions: conditions.toSorted((one, two) => (one.type < two.type ? -1 : 1)) }
}
