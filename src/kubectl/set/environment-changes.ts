/** Changes of a container's environment: `NAME=VALUE`, `NAME-`, and what ConfigMaps and Secrets hold. Pure. */
import { isEnvVarName } from '#meta/names'
import { CommandError } from '../errors.ts'
import { type AnyObject, type Fields, fieldsOf, listOf, textOf } from '../resources/unstructured.ts'

export type EnvironmentChanges = { readonly set: readonly Fields[]; readonly removed: readonly string[] }

export function parseEnvironment(words: readonly string[]): EnvironmentChanges {
  const set: Fields[] = []
  const removed: string[] = []
  for (const word of words) {
    const equals = word.indexOf('=')
    if (equals > 0) set.push({ name: checkedName(word.slice(0, equals), word), value: word.slice(equals + 1) })
    else if (word.endsWith('-')) removed.push(word.slice(0, -1))
    else throw new CommandError(`unknown argument: ${word}`)
  }
  return { set, removed }
}

function checkedName(name: string, word: string): string {
  const [problem] = isEnvVarName(name)
  if (problem !== undefined) throw new CommandError(`${JSON.stringify(word)} is not a valid environment variable name: ${problem}`)
  return name
}

/** `K1` of `k.1`. */
export function variableName(key: string): string {
  return key.replaceAll(/[^a-zA-Z0-9_]/g, '_').toUpperCase()
}

/** A variable for each key of a ConfigMap or Secret. */
export function variablesOf(source: AnyObject, keys: readonly string[], prefix: string): readonly Fields[] {
  const { kind, metadata } = source
  const field = kind === 'ConfigMap' ? 'configMapKeyRef' : 'secretKeyRef'
  return keys.map((key) => ({
    name: prefix + variableName(key),
    valueFrom: { [field]: { name: metadata.name, key } },
  }))
}

/** In the order in which they were; new ones last. */
export function changedEnvironment(before: unknown, { set, removed }: EnvironmentChanges): readonly Fields[] {
  const kept = listOf(before)
    .map(fieldsOf)
    .filter(({ name }) => !removed.includes(textOf(name)))
  const replaced = kept.map((variable) => set.findLast(({ name }) => name === variable['name']) ?? variable)
  const added = set.filter(
    ({ name }, index) => kept.every((variable) => variable['name'] !== name) && set.findLastIndex((one) => one['name'] === name) === index,
  )
  return [...replaced, ...added]
}

/** How `--list` shows a variable. */
export function variableText(variable: Fields): string {
  const { name, value, valueFrom } = variable
  if (valueFrom === undefined) return `${textOf(name)}=${textOf(value)}`
  return `# ${textOf(name)} from ${sourceText(fieldsOf(valueFrom))}`
}

function sourceText(source: Fields): string {
  const [type = '', reference] = Object.entries(source)[0] ?? []
  const { name, key, fieldPath, resource, containerName } = fieldsOf(reference)
  switch (type) {
    case 'configMapKeyRef':
      return `configmap ${textOf(name)}, key ${textOf(key)}`
    case 'secretKeyRef':
      return `secret ${textOf(name)}, key ${textOf(key)}`
    case 'fieldRef':
      return `field path ${textOf(fieldPath)}`
    case 'resourceFieldRef':
      return containerName === undefined
        ? `resource field ${textOf(resource)}`
        : `resource field ${textOf(containerName)}/${textOf(resource)}`
    default:
      return 'invalid valueFrom'
  }
}
