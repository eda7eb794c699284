/** What pods use, and which of them count: a pod that has just started says little about the load. Pure. */
import type { Pod } from '#kinds/core/pod/pod.kind'
import { conditionOf } from '#meta/conditions'
import { isBeingDeleted } from '#meta/object'

/** In thousandths; for resources over a window of time. */
export type Sample = { readonly milli: number; readonly atMs: number; readonly windowMs: number }
/** By the pod's name. */
export type Samples = ReadonlyMap<string, Sample>

export type PodGroups = {
  readonly readyCount: number
  /** Started too recently to count; as if they used nothing where that speaks against scaling up. */
  readonly unready: readonly string[]
  readonly missing: readonly string[]
  readonly ignored: readonly string[]
}

export type Patience = { readonly cpuInitializationMs: number; readonly initialReadinessDelayMs: number }

export function groupPods(pods: readonly Pod[], samples: Samples, resource: string, patience: Patience, nowMs: number): PodGroups {
  const groups = { readyCount: 0, unready: [] as string[], missing: [] as string[], ignored: [] as string[] }
  for (const pod of pods) {
    const name = pod.metadata.name ?? ''
    const sample = samples.get(name)
    if (isBeingDeleted(pod) || pod.status?.phase === 'Failed') groups.ignored.push(name)
    else if (pod.status?.phase === 'Pending') groups.unready.push(name)
    else if (sample === undefined) groups.missing.push(name)
    else if (resource === 'cpu' && isStarting(pod, sample, patience, nowMs)) groups.unready.push(name)
    else groups.readyCount++
  }
  return groups
}

/** Cpu that is burnt while a pod starts is no load. */
function isStarting({ status }: Pod, sample: Sample, patience: Patience, nowMs: number): boolean {
  const ready = conditionOf(status?.conditions, 'Ready')
  if (ready === undefined || status?.startTime === undefined) return true
  const startMs = Date.parse(status.startTime)
  const changedMs = Date.parse(ready.lastTransitionTime ?? status.startTime)
  const isReady = ready.status !== 'False'
  // The sample has to be of a time when the pod was as it is now.
  if (startMs + patience.cpuInitializationMs > nowMs) return !isReady || sample.atMs < changedMs + sample.windowMs
  // Never ready so far: the condition has not changed since the start.
  return !isReady && startMs + patience.initialReadinessDelayMs > changedMs
}

export function without(samples: Samples, ...names: readonly (readonly string[])[]): Samples {
  const left = new Map(samples)
  for (const name of names.flat()) left.delete(name)
  return left
}

export function withAssumed(samples: Samples, names: readonly string[], milliOf: (name: string) => number): Samples {
  return new Map([...samples, ...names.map((name) => [name, { milli: milliOf(name), atMs: 0, windowMs: 0 }] as const)])
}
