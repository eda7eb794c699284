/** An object of a file with the empty fields that upstream's Go types print. */
import { type AnyObject, type Fields, fieldsOf, listOf } from '../resources/unstructured.ts'
import { podSpecOf, withPodSpec } from './pod-spec.ts'

export function typedObject(object: AnyObject): AnyObject {
  const withStatus = { ...object, status: object['status'] ?? {} }
  const { kind } = object
  const spec = fieldsOf(object['spec'])
  const strategies: Fields = kind === 'Deployment' ? { strategy: spec['strategy'] ?? {} } : {}
  const updates: Fields = kind === 'DaemonSet' || kind === 'StatefulSet' ? { updateStrategy: spec['updateStrategy'] ?? {} } : {}
  const filled = kind === 'Pod' ? withStatus : { ...withStatus, spec: { ...spec, ...strategies, ...updates } }
  if (podSpecOf(object) === undefined) return filled
  return withPodSpec(filled, (podSpec) => ({ ...podSpec, ...containerLists(podSpec) }))
}

function containerLists(podSpec: Fields): Fields {
  const lists = ['containers', 'initContainers'].filter((list) => podSpec[list] !== undefined)
  return Object.fromEntries(
    lists.map((list) => [list, listOf(podSpec[list]).map((item) => ({ ...fieldsOf(item), resources: fieldsOf(item)['resources'] ?? {} }))]),
  )
}
