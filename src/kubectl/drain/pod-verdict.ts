/** Whether a drain may take a pod off its node. Pure; the words are upstream's. */
import { type AnyObject, fieldsOf, listOf, textOf, valueAt } from '../resources/unstructured.ts'

export type DrainRules = {
  readonly isForced: boolean
  readonly ignoresDaemonSets: boolean
  readonly deletesLocalData: boolean
}

/** Whether the DaemonSet of the pod exists; a text says why not. */
export type DaemonSetState = 'found' | { readonly missing: string }

export type Verdict =
  | { readonly type: 'evict'; readonly warning?: string }
  | { readonly type: 'leave'; readonly warning?: string }
  | { readonly type: 'refuse'; readonly reason: string }

export function verdictOn(pod: AnyObject, daemonSet: DaemonSetState, rules: DrainRules): Verdict {
  const isFinished = ['Succeeded', 'Failed'].includes(textOf(valueAt(pod, 'status', 'phase')))
  const controller = pod.metadata.ownerReferences?.find((owner) => owner.controller === true)
  if (controller?.kind === 'DaemonSet' && !isFinished) {
    if (daemonSet !== 'found' && !rules.isForced) return { type: 'refuse', reason: daemonSet.missing }
    if (daemonSet === 'found' && !rules.ignoresDaemonSets)
      return { type: 'refuse', reason: 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)' }
    if (daemonSet === 'found') return { type: 'leave', warning: 'ignoring DaemonSet-managed Pods' }
  }
  if (pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) return { type: 'leave' }
  const hasLocalData = listOf(valueAt(pod, 'spec', 'volumes')).some((volume) => fieldsOf(volume)['emptyDir'] !== undefined)
  if (hasLocalData && !isFinished && !rules.deletesLocalData)
    return { type: 'refuse', reason: 'Pods with local storage (use --delete-emptydir-data to override)' }
  if (isFinished || controller !== undefined) return { type: 'evict' }
  return rules.isForced
    ? { type: 'evict', warning: 'deleting Pods that declare no controller' }
    : { type: 'refuse', reason: 'Pods that declare no controller (use --force to override)' }
}

/** `reason: default/web, default/db`, one text a reason. */
export function grouped(entries: readonly { readonly text: string; readonly pod: AnyObject }[]): readonly string[] {
  const texts = [...new Set(entries.map(({ text }) => text))]
  return texts.map((text) => {
    const names = entries.filter((one) => one.text === text).map(({ pod }) => `${pod.metadata.namespace}/${pod.metadata.name}`)
    return `${text}: ${names.join(', ')}`
  })
}
