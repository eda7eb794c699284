/** The environment of a container: values, references, and `$(NAME)` in them. */

import type { ConfigMap, Container, EnvVar, Pod, Secret, Service } from '#kinds/core/types.gen'
import { StartError } from '../pods/start-error.ts'
import { type QuantityPurpose, quantityOf } from './resource-field.ts'

/** What references are resolved with. `undefined` means that the object is not there. */
export interface ReferenceReader {
  configMap(namespace: string, name: string): Promise<ConfigMap | undefined>
  secret(namespace: string, name: string): Promise<Secret | undefined>
}

export type EnvironmentFacts = {
  readonly podIps: readonly string[]
  readonly hostIps: readonly string[]
  readonly nodeName: string
  /** Services of the pod's namespace, and `kubernetes` of the default one. */
  readonly services: readonly Service[]
  readonly allocatable: QuantityPurpose['allocatable']
}

/** In order; later values may refer to earlier ones. Throws a StartError that names what is missing. */
export async function environmentOf(
  pod: Pod,
  container: Container,
  facts: EnvironmentFacts,
  reader: ReferenceReader,
): Promise<ReadonlyMap<string, string>> {
  const environment = new Map<string, string>()
  const services = serviceVariables(pod, facts.services)
  for (const source of container.envFrom ?? []) {
    for (const [name, value] of await valuesFrom(pod, source, reader)) environment.set(name, value)
  }
  const known = new Map([...services, ...environment])
  for (const variable of container.env ?? []) {
    const value = await valueOf(pod, container, variable, known, facts, reader)
    if (value === undefined) continue
    environment.set(variable.name, value)
    known.set(variable.name, value)
  }
  for (const [name, value] of services) if (!environment.has(name)) environment.set(name, value)
  return environment
}

async function valuesFrom(
  pod: Pod,
  source: NonNullable<Container['envFrom']>[number],
  reader: ReferenceReader,
): Promise<readonly (readonly [string, string])[]> {
  const namespace = pod.metadata.namespace ?? ''
  const prefix = source.prefix ?? ''
  if (source.configMapRef !== undefined) {
    const map = await present(reader.configMap(namespace, source.configMapRef.name ?? ''), 'configmap', source.configMapRef)
    return Object.entries(map?.data ?? {}).map(([key, value]) => [prefix + key, value])
  }
  if (source.secretRef !== undefined) {
    const secret = await present(reader.secret(namespace, source.secretRef.name ?? ''), 'secret', source.secretRef)
    return Object.entries(secret?.data ?? {}).map(([key, value]) => [prefix + key, textOfBase64(value)])
  }
  return []
}

async function valueOf(
  pod: Pod,
  container: Container,
  variable: EnvVar,
  known: ReadonlyMap<string, string>,
  facts: EnvironmentFacts,
  reader: ReferenceReader,
): Promise<string | undefined> {
  const from = variable.valueFrom
  const namespace = pod.metadata.namespace ?? ''
  if (from === undefined) return expand(variable.value ?? '', known)
  if (from.fieldRef !== undefined) return podField(pod, from.fieldRef.fieldPath, facts)
  if (from.resourceFieldRef !== undefined) return quantityOf(pod, container, from.resourceFieldRef, facts)
  if (from.configMapKeyRef !== undefined) {
    const { key } = from.configMapKeyRef
    const map = await present(reader.configMap(namespace, from.configMapKeyRef.name ?? ''), 'configmap', from.configMapKeyRef)
    return keyed(map?.data?.[key], map !== undefined, 'ConfigMap', from.configMapKeyRef, namespace)
  }
  if (from.secretKeyRef !== undefined) {
    const { key } = from.secretKeyRef
    const secret = await present(reader.secret(namespace, from.secretKeyRef.name ?? ''), 'secret', from.secretKeyRef)
    const value = secret?.data?.[key]
    return keyed(value === undefined ? undefined : textOfBase64(value), secret !== undefined, 'Secret', from.secretKeyRef, namespace)
  }
  return undefined
}

async function present<T>(
  pending: Promise<T | undefined>,
  what: string,
  ref: { readonly name?: string; readonly optional?: boolean },
): Promise<T | undefined> {
  const found = await pending
  if (found === undefined && ref.optional !== true)
    throw new StartError('CreateContainerConfigError', `${what} ${JSON.stringify(ref.name)} not found`)
  return found
}

function keyed(
  value: string | undefined,
  isThere: boolean,
  what: string,
  ref: { readonly name?: string; readonly key: string; readonly optional?: boolean },
  namespace: string,
): string | undefined {
  if (value !== undefined || ref.optional === true || !isThere) return value
  throw new StartError('CreateContainerConfigError', `couldn't find key ${ref.key} in ${what} ${namespace}/${ref.name}`)
}

/** The downward API's fields that a pod may ask for: metadata, spec and status. */
export function podField(pod: Pod, path: string, facts: Pick<EnvironmentFacts, 'podIps' | 'hostIps' | 'nodeName'>): string {
  const { metadata, spec } = pod
  const subscript = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path)
  if (subscript?.[1] === 'labels') return metadata.labels?.[subscript[2] ?? ''] ?? ''
  if (subscript?.[1] === 'annotations') return metadata.annotations?.[subscript[2] ?? ''] ?? ''
  switch (path) {
    case 'metadata.name':
      return metadata.name ?? ''
    case 'metadata.namespace':
      return metadata.namespace ?? ''
    case 'metadata.uid':
      return metadata.uid ?? ''
    case 'metadata.labels':
      return keyValueLines(metadata.labels)
    case 'metadata.annotations':
      return keyValueLines(metadata.annotations)
    case 'spec.nodeName':
      return facts.nodeName
    case 'spec.serviceAccountName':
      return spec?.serviceAccountName ?? ''
    case 'status.hostIP':
      return facts.hostIps[0] ?? ''
    case 'status.hostIPs':
      return facts.hostIps.join(',')
    case 'status.podIP':
      return facts.podIps[0] ?? ''
    case 'status.podIPs':
      return facts.podIps.join(',')
    default:
      throw new StartError('CreateContainerConfigError', `unsupported fieldPath: ${path}`)
  }
}

/** Labels or annotations as the downward API writes them: one `key="value"` a line, sorted. */
function keyValueLines(map: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(map ?? {})
    .sort(([one], [two]) => (one < two ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n')
}

/** Replaces `$(NAME)` where the name is known; `$$` is a dollar sign; everything else stays. */
export function expand(text: string, known: ReadonlyMap<string, string>): string {
  return text.replace(/\$(\$|\(([^)]*)\))/g, (whole, kind: string, name: string) => (kind === '$' ? '$' : (known.get(name) ?? whole)))
}

/** `REDIS_MASTER_SERVICE_HOST` and its kin, for services with an address. */
function serviceVariables(pod: Pod, services: readonly Service[]): ReadonlyMap<string, string> {
  const variables = new Map<string, string>()
  for (const service of services) {
    const address = service.spec?.clusterIP ?? ''
    const isMaster = service.metadata.name === 'kubernetes' && service.metadata.namespace === 'default'
    if (address === '' || address === 'None') continue
    if (!isMaster && (pod.spec?.enableServiceLinks === false || service.metadata.namespace !== pod.metadata.namespace)) continue
    for (const [name, value] of variablesOf(service, address)) variables.set(name, value)
  }
  return variables
}

function* variablesOf(service: Service, address: string): Generator<readonly [string, string]> {
  const prefix = (service.metadata.name ?? '').toUpperCase().replaceAll('-', '_')
  const host = address.includes(':') ? `[${address}]` : address
  const ports = service.spec?.ports ?? []
  const first = ports[0]
  if (first === undefined) return
  yield [`${prefix}_SERVICE_HOST`, address]
  yield [`${prefix}_SERVICE_PORT`, `${first.port}`]
  for (const port of ports) if (port.name) yield [`${prefix}_SERVICE_PORT_${port.name.toUpperCase().replaceAll('-', '_')}`, `${port.port}`]
  yield [`${prefix}_PORT`, `${(first.protocol ?? 'TCP').toLowerCase()}://${host}:${first.port}`]
  for (const port of ports) {
    const protocol = port.protocol ?? 'TCP'
    const base = `${prefix}_PORT_${port.port}_${protocol}`
    yield [base, `${protocol.toLowerCase()}://${host}:${port.port}`]
    yield [`${base}_PROTO`, protocol.toLowerCase()]
    yield [`${base}_PORT`, `${port.port}`]
    yield [`${base}_ADDR`, address]
  }
}

function textOfBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8')
}
