/**
 * Ends of containers as they happen. containerd 1.6 does not implement CRI's own event stream, so its event service is
 * asked, on the same socket; where neither is there, a relist every second takes its place, as upstream does.
 */
import { createProtobufCodec } from '#base/encoding/protobuf'
import type { ProtobufSchema } from '#base/encoding/protobuf-layout'
import { sleep } from '#base/env/clock'
import type { Env } from '#base/env/env'
import { openGrpcChannel } from '#net/grpc/grpc-channel'
import type { GrpcService, ServerStream } from '#net/grpc/service'
import type { PodRuntime } from './pod-runtime.ts'

/** Field numbers of containerd's public API (api/services/events/v1, api/events/task). */
const schema: ProtobufSchema = {
  messages: {
    SubscribeRequest: '1 filters repeated string',
    Envelope: '2 namespace string, 3 topic string, 4 event Any',
    Any: '1 typeUrl string, 2 value bytes',
    TaskExit: '1 containerId string, 2 id string, 4 exitStatus uint32',
  },
}
type Envelope = { readonly event?: { readonly value: Uint8Array } }
type TaskExit = { readonly containerId: string; readonly id: string }
type EventCalls = { readonly subscribe: ServerStream<{ readonly filters: readonly string[] }, Envelope> }

const events: GrpcService = {
  methods: {
    subscribe: {
      path: '/containerd.services.events.v1.Events/Subscribe',
      request: 'SubscribeRequest',
      response: 'Envelope',
      isStream: true,
    },
  },
}

export type RuntimeEventsDeps = Env & {
  readonly endpoint: string
  readonly runtime: PodRuntime
  /** A container or sandbox of this id has ended. */
  readonly onExit: (id: string) => void
  /** Something about the pod's containers is not as it was at the last relist. */
  readonly onChange: (podUid: string) => void
}

const relistMs = 1000
const safetyRelistMs = 60_000
const resubscribeMs = 1000

/** Runs until the signal is aborted. */
export async function followRuntime(deps: RuntimeEventsDeps, signal: AbortSignal): Promise<void> {
  const state = { isSubscribed: false }
  await Promise.all([subscribe(deps, state, signal), relist(deps, state, signal)])
}

async function subscribe(deps: RuntimeEventsDeps, state: { isSubscribed: boolean }, signal: AbortSignal): Promise<void> {
  const codec = createProtobufCodec(schema, { absent: 'zero', int64: 'number', packed: true })
  using channel = openGrpcChannel({
    target: deps.endpoint.startsWith('/') ? `unix://${deps.endpoint}` : deps.endpoint,
    codec,
    clock: deps.clock,
  })
  const calls = channel.service<EventCalls>(events)
  while (!signal.aborted) {
    try {
      state.isSubscribed = true
      for await (const { event } of calls.subscribe({ filters: ['topic=="/tasks/exit",namespace=="k8s.io"'] }, { signal })) {
        if (event === undefined) continue
        const exit = codec.decode('TaskExit', event.value) as unknown as TaskExit
        // An exec process has an id of its own: its end says nothing of the container.
        if (exit.id === '' || exit.id === exit.containerId) deps.onExit(exit.containerId)
      }
    } catch (error) {
      if (signal.aborted) return
      deps.log.debug('no events from the runtime, relisting every second instead', { error })
    }
    state.isSubscribed = false
    await sleep(deps.clock, resubscribeMs, signal).catch(() => undefined)
  }
}

async function relist(deps: RuntimeEventsDeps, state: { readonly isSubscribed: boolean }, signal: AbortSignal): Promise<void> {
  let before: ReadonlyMap<string, string> = new Map()
  let lastMs = Number.NEGATIVE_INFINITY
  while (!signal.aborted) {
    const nowMs = deps.clock.monotonicMs()
    if (!state.isSubscribed || nowMs - lastMs >= safetyRelistMs) {
      lastMs = nowMs
      before = await compare(deps, before)
    }
    await sleep(deps.clock, state.isSubscribed ? safetyRelistMs : relistMs, signal).catch(() => undefined)
  }
}

async function compare(deps: RuntimeEventsDeps, before: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, string>> {
  try {
    const now = await deps.runtime.listStates()
    for (const uid of new Set([...before.keys(), ...now.keys()])) if (before.get(uid) !== now.get(uid)) deps.onChange(uid)
    return now
  } catch (error) {
    deps.log.warn('cannot list containers', { error })
    return before
  }
}
