/** From `web`, `deployment/web` or `service/web` to the pods that are meant. */
import { sleep } from '#base/env/clock'
import type { Pod } from '#kinds/core/types.gen'
import { groupVersionOf } from '#meta/kind'
import { formatSelector, type Selector, selectorOf, selectorOfMap } from '#meta/labels'
import type { LabelSelector } from '#meta/types.gen'
import type { Call } from '../command.ts'
import { pods } from '../describe/collections.ts'
import { CommandError } from '../errors.ts'
import { listObjects } from '../resources/access.ts'
import { type LiveTarget, singleTarget } from '../resources/each-target.ts'
import type { FileSelection } from '../resources/manifests.ts'
import { type AnyObject, valueAt } from '../resources/unstructured.ts'
import { bestFirst } from './best-pod.ts'

type Named = { readonly words: readonly string[]; readonly files?: FileSelection | undefined }

/** A word without a type names a pod. */
export async function namedTarget(call: Call, { words, files }: Named): Promise<LiveTarget> {
  const [word = '', ...more] = words
  const args = words.length === 1 && !word.includes('/') ? [`pods/${word}`] : [word, ...more]
  return await singleTarget(call, { args: words.length === 0 ? [] : args, ...(files === undefined ? {} : { files }) })
}

export function asPod(object: AnyObject): Pod {
  return object as unknown as Pod
}

type Wanted = {
  /** How the message begins where an object has no pods: `cannot attach to`. */
  readonly refusal: string
  readonly timeoutMs: number
  readonly restarts: 'many-first' | 'few-first'
}

/** The target itself where it is a pod; otherwise its pods, best first, as soon as there is one. */
export async function podsOf(call: Call, { object }: LiveTarget, wanted: Wanted): Promise<readonly Pod[]> {
  if (object.kind === 'Pod') return [asPod(object)]
  const place = { namespace: object.metadata.namespace ?? '', labelSelector: formatSelector(podSelector(object, wanted.refusal)) }
  const endMs = call.host.clock.monotonicMs() + wanted.timeoutMs
  for (;;) {
    const { items = [] } = await listObjects(call.cluster, pods, place.namespace, { labelSelector: place.labelSelector })
    if (items.length > 0) return bestFirst(items.map(asPod), wanted.restarts)
    if (call.host.clock.monotonicMs() >= endMs) throw new CommandError('timed out waiting for the condition')
    await sleep(call.host.clock, pollMs, call.signal)
  }
}

const pollMs = 500

const kindsWithSelector: ReadonlySet<string> = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job'])

function podSelector(object: AnyObject, refusal: string): Selector {
  const selector = valueAt(object, 'spec', 'selector')
  if (kindsWithSelector.has(object.kind)) return selectorOf(selector as LabelSelector | undefined)
  if (object.kind === 'ReplicationController' || object.kind === 'Service') {
    if (selector === undefined) throw new CommandError(`invalid service '${object.metadata.name}': Service is defined without a selector`)
    return selectorOfMap(selector as Readonly<Record<string, string>>)
  }
  const type = `*${groupVersionOf(object.apiVersion)[1]}.${object.kind}`
  throw new CommandError(`${refusal} ${type}: selector for ${type} not implemented`)
}
