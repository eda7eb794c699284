/** How far a rollout is, from the workload alone. Pure; the words are upstream's. */
import { CommandError } from '../errors.ts'
import { type AnyObject, fieldsOf, listOf, textOf, valueAt } from '../resources/unstructured.ts'

export type Progress = { readonly text: string; readonly isDone: boolean }

/** Throws a CommandError where the rollout has failed or cannot be followed. `revision` 0 means the newest. */
export function progressOf(object: AnyObject, revision: number): Progress {
  switch (object.kind) {
    case 'Deployment':
      return deploymentProgress(object, revision)
    case 'DaemonSet':
      return daemonSetProgress(object)
    case 'StatefulSet':
      return statefulSetProgress(object)
    default:
      throw new CommandError(`no status viewer has been implemented for ${object.kind}`)
  }
}

function count(object: AnyObject, ...path: readonly string[]): number {
  return Number(valueAt(object, ...path) ?? 0)
}

function isObserved(object: AnyObject): boolean {
  return (object.metadata.generation ?? 0) <= count(object, 'status', 'observedGeneration')
}

function waiting(text: string): Progress {
  return { text: `${text}\n`, isDone: false }
}

function deploymentProgress(deployment: AnyObject, revision: number): Progress {
  const name = JSON.stringify(deployment.metadata.name ?? '')
  if (revision > 0) {
    const current = Number(deployment.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0)
    if (current !== revision) throw new CommandError(`desired revision (${revision}) is different from the running revision (${current})`)
  }
  if (!isObserved(deployment)) return waiting('Waiting for deployment spec update to be observed...')
  const conditions = listOf(valueAt(deployment, 'status', 'conditions')).map(fieldsOf)
  const progressing = conditions.find((condition) => condition['type'] === 'Progressing')
  if (progressing?.['reason'] === 'ProgressDeadlineExceeded') throw new CommandError(`deployment ${name} exceeded its progress deadline`)
  const wanted = Number(valueAt(deployment, 'spec', 'replicas') ?? 1)
  const [replicas, updated, available] = ['replicas', 'updatedReplicas', 'availableReplicas'].map((field) =>
    count(deployment, 'status', field),
  )
  const head = `Waiting for deployment ${name} rollout to finish:`
  if ((updated ?? 0) < wanted) return waiting(`${head} ${updated} out of ${wanted} new replicas have been updated...`)
  if ((replicas ?? 0) > (updated ?? 0))
    return waiting(`${head} ${(replicas ?? 0) - (updated ?? 0)} old replicas are pending termination...`)
  if ((available ?? 0) < (updated ?? 0)) return waiting(`${head} ${available} of ${updated} updated replicas are available...`)
  return { text: `deployment ${name} successfully rolled out\n`, isDone: true }
}

function daemonSetProgress(set: AnyObject): Progress {
  const name = JSON.stringify(set.metadata.name ?? '')
  if (valueAt(set, 'spec', 'updateStrategy', 'type') !== 'RollingUpdate')
    throw new CommandError('rollout status is only available for RollingUpdate strategy type')
  if (!isObserved(set)) return waiting('Waiting for daemon set spec update to be observed...')
  const [wanted, updated, available] = ['desiredNumberScheduled', 'updatedNumberScheduled', 'numberAvailable'].map((field) =>
    count(set, 'status', field),
  )
  const head = `Waiting for daemon set ${name} rollout to finish:`
  if ((updated ?? 0) < (wanted ?? 0)) return waiting(`${head} ${updated} out of ${wanted} new pods have been updated...`)
  if ((available ?? 0) < (wanted ?? 0)) return waiting(`${head} ${available} of ${wanted} updated pods are available...`)
  return { text: `daemon set ${name} successfully rolled out\n`, isDone: true }
}

function statefulSetProgress(set: AnyObject): Progress {
  if (valueAt(set, 'spec', 'updateStrategy', 'type') !== 'RollingUpdate')
    throw new CommandError('rollout status is only available for RollingUpdate strategy type')
  if (!isObserved(set)) return waiting('Waiting for statefulset spec update to be observed...')
  const wanted = Number(valueAt(set, 'spec', 'replicas') ?? 1)
  const [ready, updated] = ['readyReplicas', 'updatedReplicas'].map((field) => count(set, 'status', field))
  if ((ready ?? 0) < wanted) return waiting(`Waiting for ${wanted - (ready ?? 0)} pods to be ready...`)
  const partition = count(set, 'spec', 'updateStrategy', 'rollingUpdate', 'partition')
  if (partition > 0) {
    if ((updated ?? 0) < wanted - partition)
      return waiting(`Waiting for partitioned roll out to finish: ${updated} out of ${wanted - partition} new pods have been updated...`)
    return { text: `partitioned roll out complete: ${updated} new pods have been updated...\n`, isDone: true }
  }
  const [next, current] = [textOf(valueAt(set, 'status', 'updateRevision')), textOf(valueAt(set, 'status', 'currentRevision'))]
  if (next !== current) return waiting(`waiting for statefulset rolling update to complete ${updated} pods at revision ${next}...`)
  return {
    text: `statefulset rolling update complete ${count(set, 'status', 'currentReplicas')} pods at revision ${current}...\n`,
    isDone: true,
  }
}
