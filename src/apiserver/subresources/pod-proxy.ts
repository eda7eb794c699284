/** `pods/proxy` and `services/proxy`: HTTP to a pod by its address, as the network of this machine reaches it. */
import { Pod } from '#kinds/core/pod/pod.kind'
import { Service } from '#kinds/core/service.kind'
import { EndpointSlice } from '#kinds/discovery/endpoint-slice.kind'
import { badRequest, notFound, serviceUnavailable } from '#meta/status'
import type { Registry } from '../registry/registry.ts'
import type { ResourceHandler } from '../serve/dispatch-resource.ts'
import { proxied } from './proxy-path.ts'
import type { Backend } from './relay.ts'

export const proxyPod: ResourceHandler = async (registry, exchange) => {
  const { scheme, name, port } = proxyNameOf(exchange.info.name)
  const pod = registry.get(Pod, exchange.info.namespace, name)
  if (pod === undefined) throw notFound({ group: '', plural: 'pods' }, name)
  const host = pod.status?.podIP
  if (host === undefined) throw serviceUnavailable(`address not allowed: pod ${name} has no address yet`)
  return await proxied(exchange, { scheme, host, port: portOf(port, pod) })
}

export const proxyService: ResourceHandler = async (registry, exchange) => {
  const { scheme, name, port } = proxyNameOf(exchange.info.name)
  const service = registry.get(Service, exchange.info.namespace, name)
  if (service === undefined) throw notFound({ group: '', plural: 'services' }, name)
  return await proxied(exchange, { scheme, ...endpointOf(registry, service, port) })
}

/** `scheme:name:port`, where scheme and port may be left out. */
function proxyNameOf(text: string): { readonly scheme: Backend['scheme']; readonly name: string; readonly port: string } {
  const parts = text.split(':')
  if (parts.length === 1) return { scheme: 'http', name: text, port: '' }
  if (parts.length === 2) return { scheme: 'http', name: parts[0] ?? '', port: parts[1] ?? '' }
  return { scheme: parts[0] === 'https' ? 'https' : 'http', name: parts[1] ?? '', port: parts[2] ?? '' }
}

function portOf(wanted: string, pod: Pod): number {
  const ports = (pod.spec?.containers ?? []).flatMap(({ ports: own = [] }) => own)
  if (wanted === '') return ports[0]?.containerPort ?? 80
  const named = ports.find(({ name }) => name === wanted)
  const port = named?.containerPort ?? Number(wanted)
  if (!Number.isInteger(port)) throw badRequest(`no port named ${JSON.stringify(wanted)} in pod ${pod.metadata.name}`)
  return port
}

function endpointOf(registry: Registry, service: Service, wanted: string): { readonly host: string; readonly port: number } {
  const { name = '', namespace } = service.metadata
  const servicePorts = service.spec?.ports ?? []
  const servicePort = servicePorts.find((port) => wanted === '' || port.name === wanted || String(port.port) === wanted)
  if (servicePort === undefined)
    throw serviceUnavailable(`no service port ${JSON.stringify(wanted)} found for service ${JSON.stringify(name)}`)
  const slices = registry.list(EndpointSlice, namespace).filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name)
  for (const slice of slices) {
    const port = slice.ports?.find((one) => (one.name ?? '') === (servicePort.name ?? ''))?.port
    const ready = slice.endpoints?.find(({ conditions }) => conditions?.ready !== false)
    const host = ready?.addresses[0]
    if (port !== undefined && host !== undefined) return { host, port }
  }
  throw serviceUnavailable(`no endpoints available for service ${JSON.stringify(name)}`)
}
