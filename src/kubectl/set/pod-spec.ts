/** Where objects keep the spec of their pods, and which of its containers a pattern means. */
import { CommandError } from '../errors.ts'
import { type AnyObject, type Fields, fieldsOf, listOf, textOf, valueAt, withValueAt } from '../resources/unstructured.ts'

const templatePath = ['spec', 'template', 'spec']

/** Undefined where the object has no pods. */
function podSpecPath(object: AnyObject): readonly string[] | undefined {
  if (object.kind === 'Pod') return ['spec']
  if (object.kind === 'CronJob') return ['spec', 'jobTemplate', ...templatePath]
  return valueAt(object, ...templatePath) === undefined ? undefined : templatePath
}

export function podSpecOf(object: AnyObject): Fields | undefined {
  const path = podSpecPath(object)
  return path === undefined ? undefined : fieldsOf(valueAt(object, ...path))
}

/** A copy with another spec of its pods. Throws a CommandError where it has none. */
export function withPodSpec(object: AnyObject, change: (spec: Fields) => Fields): AnyObject {
  const path = podSpecPath(object)
  if (path === undefined) throw new CommandError(`the object is not a pod or does not have a pod template: ${object.kind}`)
  return { ...object, ...withValueAt(object, path, change(fieldsOf(valueAt(object, ...path)))) }
}

const containerLists = ['initContainers', 'containers']

/** A copy of the spec in which the containers that fit are changed; says how many did. */
export function withContainers(
  spec: Fields,
  pattern: string,
  change: (container: Fields) => Fields,
): { readonly spec: Fields; readonly count: number } {
  const fits = wildcard(pattern)
  let count = 0
  const lists = containerLists.filter((list) => spec[list] !== undefined)
  const changed = lists.map((list) => [
    list,
    listOf(spec[list]).map((item) => {
      const container = fieldsOf(item)
      if (!fits.test(textOf(container['name']))) return container
      count++
      return change(container)
    }),
  ])
  return { spec: { ...spec, ...Object.fromEntries(changed) }, count }
}

export function containersOf(spec: Fields, pattern: string): readonly Fields[] {
  const fits = wildcard(pattern)
  return containerLists
    .flatMap((list) => listOf(spec[list]))
    .map(fieldsOf)
    .filter((container) => fits.test(textOf(container['name'])))
}

/** `*` stands for any text. */
function wildcard(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`)
}
