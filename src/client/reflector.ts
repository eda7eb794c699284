/** Carries the steps of `watch-state.ts` out, for ever, and hands what it learns to a sink. */
import { sleep } from '#base/env/clock'
import type { Env } from '#base/env/env'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { StatusError, statusErrorOf } from '#meta/status'
import type { Client, ListOptions } from './client.ts'
import { deadline, TimeoutError } from './deadline.ts'
import type { WatchFrame } from './transport.ts'
import { advance, type Failure, initialWatchState, type Outcome, stepOf, type WatchState } from './watch-state.ts'

export type Selection = Pick<ListOptions, 'namespace' | 'labelSelector' | 'fieldSelector'>

/** Takes what the server tells, in order. */
export type ReflectorSink<T extends KubeObject> = {
  readonly replace: (items: readonly T[], version: string) => void
  readonly apply: (change: 'ADDED' | 'MODIFIED' | 'DELETED', object: T) => void
  /** Nothing changed up to this version. */
  readonly bookmark: (version: string) => void
}

export type ReflectorDeps<T extends KubeObject> = Env & {
  readonly client: Client
  readonly kind: Kind<T>
  readonly selection: Selection
  readonly sink: ReflectorSink<T>
}

// As upstream, the server ends a watch after five to ten minutes; one that outlives that by far is dead.
const watchSecondsMin = 300
const silenceGraceMs = 30_000

/** Runs until the signal is aborted; then resolves. */
export async function reflect<T extends KubeObject>(deps: ReflectorDeps<T>, signal: AbortSignal): Promise<void> {
  let state = initialWatchState
  while (!signal.aborted) {
    try {
      state = await takeStep(deps, state, signal)
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }
}

async function takeStep<T extends KubeObject>(deps: ReflectorDeps<T>, state: WatchState, signal: AbortSignal): Promise<WatchState> {
  const step = stepOf(state)
  if (step.afterMs > 0) await sleep(deps.clock, step.afterMs, signal)
  if (step.do === 'watch') return await watchOnce(deps, state, signal)
  return advance(state, await listOnce(deps, step.version, signal), deps.random.float())
}

async function listOnce<T extends KubeObject>(
  { client, kind, selection, sink, log }: ReflectorDeps<T>,
  version: string,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const list = await client.list(kind, { ...selection, resourceVersion: version }, signal)
    // Entries of a list do not repeat what the list says of them all.
    const items = list.items.map((item) => (item.kind === undefined ? { ...item, apiVersion: kind.apiVersion, kind: kind.kind } : item))
    sink.replace(items, list.metadata.resourceVersion)
    return { type: 'listed', version: list.metadata.resourceVersion }
  } catch (error) {
    if (signal.aborted) throw error
    log.warn('listing failed', { kind: kind.kind, error })
    return { type: 'list-failed', reason: failureOf(error) }
  }
}

async function watchOnce<T extends KubeObject>(deps: ReflectorDeps<T>, begin: WatchState, signal: AbortSignal): Promise<WatchState> {
  const { client, clock, kind, log, random, selection } = deps
  const timeoutSeconds = Math.round(watchSecondsMin * (1 + random.float()))
  const startedMs = clock.monotonicMs()
  let state = begin
  let frameCount = 0
  using limit = deadline(clock, timeoutSeconds * 1000 + silenceGraceMs, 'the server did not end the watch in time', signal)
  try {
    const options = { ...selection, resourceVersion: begin.version, allowWatchBookmarks: true, timeoutSeconds }
    for await (const frame of await client.watch(kind, options, limit.signal)) {
      frameCount++
      state = advance(state, { type: 'progressed', version: takeFrame(deps, frame) }, 0)
    }
    signal.throwIfAborted()
    return advance(state, { type: 'watch-ended', frameCount, lastedMs: clock.monotonicMs() - startedMs }, random.float())
  } catch (error) {
    if (signal.aborted) throw error
    const reason = failureOf(error)
    const facts = { kind: kind.kind, error }
    if (reason === 'expired' || error instanceof TimeoutError) log.debug('watch has to start again', facts)
    else log.warn('watch failed', facts)
    return advance(state, { type: 'watch-failed', reason }, random.float())
  }
}

/** Hands a frame on and returns the version that it brings; throws what an ERROR frame carries. */
function takeFrame<T extends KubeObject>({ sink }: ReflectorDeps<T>, frame: WatchFrame): string {
  if (frame.type === 'ERROR') throw statusErrorOf(frame.object as Parameters<typeof statusErrorOf>[0], 500)
  const object = frame.object as T
  const version = object.metadata.resourceVersion ?? ''
  if (frame.type === 'BOOKMARK') sink.bookmark(version)
  else sink.apply(frame.type, object)
  return version
}

function failureOf(error: unknown): Failure {
  return error instanceof StatusError && error.code === 410 ? 'expired' : 'other'
}
