/** What a container finds in its environment, as far as it can be told without the node. */
import type { Container, EnvFromSource, EnvVar, EnvVarSource, Pod, ResourceFieldSelector } from '#kinds/core/types.gen'
import { parseQuantity } from '#meta/quantity'
import type { Lines } from './lines.ts'

/** `pod` is there where a real pod is shown, not a template. */
export function environmentLines(container: Container, pod: Pod | undefined): Lines {
  const { env = [], envFrom = [] } = container
  return [
    ...(envFrom.length === 0 ? [] : ['Environment Variables from:', ...envFrom.map((source) => `  ${sourceLine(source)}`)]),
    ...(env.length === 0
      ? ['Environment:\t<none>']
      : ['Environment:', ...env.flatMap((variable) => variableLines(variable, container, pod))]),
  ]
}

function sourceLine({ configMapRef, secretRef, prefix = '' }: EnvFromSource): string {
  const [type, source] = configMapRef === undefined ? ['Secret', secretRef] : ['ConfigMap', configMapRef]
  const withPrefix = prefix === '' ? '' : ` with prefix '${prefix}'`
  return `${source?.name ?? ''}\t${type}${withPrefix}\tOptional: ${source?.optional === true}`
}

function variableLines(variable: EnvVar, container: Container, pod: Pod | undefined): Lines {
  const { name, value = '', valueFrom } = variable
  if (valueFrom !== undefined) {
    const origin = originOf(valueFrom, container, pod)
    return origin === undefined ? [] : [`  ${name}:\t${origin}`]
  }
  return value.split('\n').map((line, index) => (index === 0 ? `  ${name}:\t${line}` : `  \t${line}`))
}

/** Undefined for sources that upstream does not show, such as files. */
function originOf(source: EnvVarSource, container: Container, pod: Pod | undefined): string | undefined {
  const { fieldRef, resourceFieldRef, secretKeyRef, configMapKeyRef } = source
  if (fieldRef !== undefined) return `${fieldValue(fieldRef.fieldPath, pod)} (${fieldRef.apiVersion ?? ''}:${fieldRef.fieldPath})`
  if (resourceFieldRef !== undefined) return `${resourceValue(resourceFieldRef, container)} (${resourceFieldRef.resource})`
  if (secretKeyRef !== undefined)
    return `<set to the key '${secretKeyRef.key}' in secret '${secretKeyRef.name ?? ''}'>\tOptional: ${secretKeyRef.optional === true}`
  if (configMapKeyRef !== undefined)
    return `<set to the key '${configMapKeyRef.key}' of config map '${configMapKeyRef.name ?? ''}'>\tOptional: ${configMapKeyRef.optional === true}`
  return undefined
}

/** As upstream: only these two are looked up. */
function fieldValue(path: string, pod: Pod | undefined): string {
  if (path === 'metadata.name') return pod?.metadata.name ?? ''
  return path === 'metadata.namespace' ? (pod?.metadata.namespace ?? '') : ''
}

function resourceValue(ref: ResourceFieldSelector, { resources = {} }: Container): string {
  const [which, name = ''] = ref.resource.split('.')
  const quantity = (which === 'limits' ? resources.limits : resources.requests)?.[name] ?? '0'
  const divisor = parseQuantity(ref.divisor === undefined || ref.divisor === '0' ? '1' : ref.divisor).nano
  const { nano } = parseQuantity(quantity)
  const value = (nano + divisor - 1n) / divisor
  return value === 0n && (ref.resource === 'limits.cpu' || ref.resource === 'limits.memory') ? 'node allocatable' : `${value}`
}
