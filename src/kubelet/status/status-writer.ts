/**
 * Brings pod statuses to the API server: the newest one of each pod, one write per pod at a time, and none where
 * nothing has changed. Failures are tried again with the newest status.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '#base/env/clock'
import { sleep } from '#base/env/clock'
import type { Log } from '#base/env/log'
import type { Client } from '#client/client'
import { Pod } from '#kinds/core/pod/pod.kind'
import type { PodCondition, PodStatus } from '#kinds/core/types.gen'
import { hasReason } from '#meta/status'

export type StatusWriterDeps = { readonly client: Client; readonly clock: Clock; readonly log: Log }

type Slot = { pod: Pod; wanted: PodStatus; written: PodStatus | undefined; pending: Promise<void> | undefined }

const retryMs = 1000

export class StatusWriter {
  readonly #deps: StatusWriterDeps
  readonly #slots = new Map<string, Slot>()

  constructor(deps: StatusWriterDeps) {
    this.#deps = deps
  }

  /** Notes the status and returns at once. */
  set(pod: Pod, status: PodStatus): void {
    const uid = pod.metadata.uid ?? ''
    const slot = this.#slots.get(uid) ?? { pod, wanted: status, written: pod.status, pending: undefined }
    slot.pod = pod
    slot.wanted = status
    this.#slots.set(uid, slot)
    slot.pending ??= this.#write(uid, slot).finally(() => {
      slot.pending = undefined
    })
  }

  /** Resolves once the status noted last is with the server, or the pod is gone there. */
  async flush(uid: string): Promise<void> {
    await this.#slots.get(uid)?.pending
  }

  /** The status noted last: newer than what the cache of pods may show. */
  latest(uid: string): PodStatus | undefined {
    return this.#slots.get(uid)?.wanted
  }

  forget(uid: string): void {
    this.#slots.delete(uid)
  }

  async #write(uid: string, slot: Slot): Promise<void> {
    while (this.#slots.get(uid) === slot && !isDeepStrictEqual(slot.wanted, slot.written)) {
      const status = slot.wanted
      try {
        await this.#patch(slot.pod, status, slot.written ?? {})
        slot.written = status
      } catch (error) {
        if (hasReason(error, 'NotFound', 'Conflict')) return this.forget(uid)
        this.#deps.log.warn('pod status not written, will try again', {
          pod: slot.pod.metadata.name,
          namespace: slot.pod.metadata.namespace,
          error,
        })
        await sleep(this.#deps.clock, retryMs)
      }
    }
  }

  /** The uid makes the server refuse when another pod has taken the name. */
  async #patch(pod: Pod, status: PodStatus, before: PodStatus): Promise<void> {
    const { name = '', namespace, uid } = pod.metadata
    const body = { metadata: { uid }, status: patchOf(status, before) }
    await this.#deps.client.patch(Pod, { name, namespace }, { type: 'strategic', body, subresource: 'status' })
  }
}

/** A strategic merge patch: fields that went are nulled, addresses and conditions that went are deleted from their lists. */
function patchOf(status: PodStatus, before: PodStatus): Readonly<Record<string, unknown>> {
  const gone = Object.keys(before).filter((key) => !(key in status))
  return {
    ...Object.fromEntries(gone.map((key) => [key, null])),
    ...status,
    ...(status.podIPs === undefined && before.podIPs === undefined
      ? {}
      : { podIPs: addressPatch(status.podIPs ?? [], before.podIPs ?? []) }),
    ...(status.conditions === undefined ? {} : { conditions: conditionsPatch(status.conditions, before.conditions ?? []) }),
    ...(status.hostIPs === undefined ? {} : { hostIPs: addressPatch(status.hostIPs, before.hostIPs ?? []) }),
  }
}

function addressPatch(wanted: readonly { readonly ip: string }[], before: readonly { readonly ip: string }[]): readonly unknown[] {
  const gone = before.filter((old) => !wanted.some((one) => one.ip === old.ip))
  return [...wanted, ...gone.map(({ ip }) => ({ ip, $patch: 'delete' }))]
}

function conditionsPatch(wanted: readonly PodCondition[], before: readonly PodCondition[]): readonly unknown[] {
  const gone = before.filter((old) => !wanted.some((one) => one.type === old.type))
  return [...wanted, ...gone.map(({ type }) => ({ type, $patch: 'delete' }))]
}
