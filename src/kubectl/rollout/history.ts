/** The revisions of a workload: old ReplicaSets of a Deployment, ControllerRevisions of the others. */

import type { Call } from '../command.ts'
import { CommandError } from '../errors.ts'
import { listObjects } from '../resources/access.ts'
import type { LiveTarget } from '../resources/each-target.ts'
import { resourceOfKind } from '../resources/queries.ts'
import { type AnyObject, type Fields, fieldsOf, textOf, valueAt } from '../resources/unstructured.ts'

const revisionAnnotation = 'deployment.kubernetes.io/revision'
export const changeCauseAnnotation = 'kubernetes.io/change-cause'

export type Revision = {
  readonly number: number
  readonly changeCause: string
  readonly object: AnyObject /** What the pods looked like. */
  readonly template: Fields
}

/** Oldest first. */
export async function revisionsOf(call: Call, target: LiveTarget): Promise<readonly Revision[]> {
  const { kind, metadata } = target.object
  const isDeployment = kind === 'Deployment'
  if (!isDeployment && kind !== 'DaemonSet' && kind !== 'StatefulSet')
    throw new CommandError(`error retrieving history for ${JSON.stringify(kind)}, no visitor method exists for { ${kind}}`)
  const resource = await resourceOfKind(call, 'apps/v1', isDeployment ? 'ReplicaSet' : 'ControllerRevision')
  const { items = [] } = await listObjects(call.cluster, resource, target.namespace)
  const owned = items.filter((item) =>
    item.metadata.ownerReferences?.some((owner) => owner.controller === true && owner.uid === metadata.uid),
  )
  return owned
    .map(isDeployment ? ofReplicaSet : ofControllerRevision)
    .filter(({ number }) => number > 0)
    .toSorted((a, b) => a.number - b.number)
}

function ofReplicaSet(object: AnyObject): Revision {
  const annotations = object.metadata.annotations ?? {}
  return {
    number: Number(annotations[revisionAnnotation] ?? 0),
    changeCause: annotations[changeCauseAnnotation] ?? '',
    object,
    template: fieldsOf(valueAt(object, 'spec', 'template')),
  }
}

function ofControllerRevision(object: AnyObject): Revision {
  const template = fieldsOf(valueAt(object, 'data', 'spec', 'template'))
  return {
    number: Number(object['revision'] ?? 0),
    changeCause: textOf(object.metadata.annotations?.[changeCauseAnnotation]),
    object,
    template,
  }
}
