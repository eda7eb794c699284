/** How many replicas a measured value asks for, as upstream reckons it (pkg/controller/podautoscaler/replica_calculator.go). Pure. */
import { type PodGroups, type Samples, withAssumed, without } from './pod-samples.ts'

/** How far use may be from its target before anything is done. */
export type Tolerances = { readonly down: number; readonly up: number }

export type Demand = {
  readonly currentReplicas: number
  readonly groups: PodGroups
  readonly samples: Samples
  readonly tolerances: Tolerances
}

/** Use in relation to the target, over all samples. */
type RatioOf = (samples: Samples) => number

/** `assumedMilli` is what a pod counts as that says nothing, where the others say that there is less to do. */
export function proposeForPods(demand: Demand, ratioOf: RatioOf, assumedMilli: (pod: string) => number): number {
  const { currentReplicas, groups, tolerances } = demand
  const known = without(demand.samples, groups.ignored, groups.unready)
  const ratio = ratioOf(known)
  const countsUnready = groups.unready.length > 0 && ratio > 1
  if (!countsUnready && groups.missing.length === 0) {
    return isWithin(ratio, tolerances) ? currentReplicas : Math.ceil(ratio * groups.readyCount)
  }
  // What is not known is assumed to speak against scaling, whichever way it goes.
  const assumed = ratio < 1 ? assumedMilli : () => 0
  const cautious = ratio === 1 ? known : withAssumed(known, groups.missing, assumed)
  const all = countsUnready ? withAssumed(cautious, groups.unready, () => 0) : cautious
  const newRatio = ratioOf(all)
  if (isWithin(newRatio, tolerances) || (ratio < 1 && newRatio > 1) || (ratio > 1 && newRatio < 1)) return currentReplicas
  const replicas = Math.ceil(newRatio * all.size)
  const isContrary = (newRatio < 1 && replicas > currentReplicas) || (newRatio > 1 && replicas < currentReplicas)
  return isContrary ? currentReplicas : replicas
}

/** For a value of something else than pods: more of it wants more pods in proportion. */
export function proposeForValue(currentReplicas: number, readyCount: number, ratio: number, tolerances: Tolerances): number {
  if (currentReplicas === 0) return Math.ceil(ratio)
  return isWithin(ratio, tolerances) ? currentReplicas : Math.ceil(ratio * readyCount)
}

/** For a value that is shared among the pods. */
export function proposeForShare(statusReplicas: number, usageMilli: number, targetMilli: number, tolerances: Tolerances): number {
  const ratio = usageMilli / (targetMilli * statusReplicas)
  return statusReplicas > 0 && isWithin(ratio, tolerances) ? statusReplicas : Math.ceil(usageMilli / targetMilli)
}

export function averageOf(samples: Samples): number {
  const total = [...samples.values()].reduce((sum, { milli }) => sum + milli, 0)
  return samples.size === 0 ? 0 : Math.trunc(total / samples.size)
}

/** Use as a percentage of what the pods request; only pods that are known on both sides count. */
export function utilizationOf(samples: Samples, requests: ReadonlyMap<string, number>): number | undefined {
  let [used, requested] = [0, 0]
  for (const [name, { milli }] of samples) {
    const request = requests.get(name)
    if (request === undefined) continue
    used += milli
    requested += request
  }
  return requested === 0 ? undefined : Math.trunc((used * 100) / requested)
}

function isWithin(ratio: number, { down, up }: Tolerances): boolean {
  return ratio >= 1 - down && ratio <= 1 + up
}
