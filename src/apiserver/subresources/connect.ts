/** Connections into pods and nodes: log, exec, attach, portforward through the kubelet, and the proxies. */
import { Node } from '#kinds/core/node.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { badRequest, notFound, serviceUnavailable } from '#meta/status'
import type { Answer, Exchange } from '../exchange.ts'
import type { Registry } from '../registry/registry.ts'
import { isTrue } from '../request/parse-request-info.ts'
import type { ResourceHandler, ResourceHandlers } from '../serve/dispatch-resource.ts'
import { successOf } from './failed-answer.ts'
import { type KubeletAccess, kubeletOf } from './kubelet-connection.ts'
import { proxyPod, proxyService } from './pod-proxy.ts'
import { proxied } from './proxy-path.ts'
import { type Backend, relayConnection, relayPlain } from './relay.ts'
import { sentOverWebSocket, wantsWebSocket } from './websocket-reading.ts'

/** Without access to kubelets only the proxies to pods and services work. */
export function connectHandlers(kubelet: KubeletAccess | undefined): ResourceHandlers {
  const viaKubelet =
    (handler: PodHandler): ResourceHandler =>
    async (registry, exchange) => {
      const pod = podOf(registry, exchange)
      return await handler(exchange, pod, backendOf(registry, pod, exchange, kubelet))
    }
  return {
    'pods/log': (registry, exchange) => readLog(registry, exchange, kubelet),
    'pods/exec': viaKubelet((exchange, pod, backend) => connectContainer('exec', exchange, pod, backend)),
    'pods/attach': viaKubelet((exchange, pod, backend) => connectContainer('attach', exchange, pod, backend)),
    'pods/portforward': viaKubelet(forwardPorts),
    'pods/proxy': proxyPod,
    'services/proxy': proxyService,
    'nodes/proxy': (registry, exchange) => proxyNode(registry, exchange, kubelet),
  }
}

type PodHandler = (exchange: Exchange, pod: Pod, backend: Backend) => Promise<Answer>

function podOf(registry: Registry, { info }: Exchange): Pod {
  const pod = registry.get(Pod, info.namespace, info.name)
  if (pod === undefined) throw notFound({ group: '', plural: 'pods' }, info.name)
  return pod
}

function backendOf(registry: Registry, pod: Pod, exchange: Exchange, kubelet: KubeletAccess | undefined): Backend {
  // Which container is meant comes first, as upstream: a wrong name is the clearer answer.
  if (exchange.info.subresource !== 'portforward') containerOf(pod, exchange.request.query)
  const nodeName = pod.spec?.nodeName ?? ''
  if (!isBound(pod)) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`)
  const node = registry.get(Node, undefined, nodeName)
  if (node === undefined) throw notFound({ group: '', plural: 'nodes' }, nodeName)
  return kubeletBackend(node, kubelet)
}

function isBound({ spec }: Pod): boolean {
  return (spec?.nodeName ?? '') !== ''
}

function kubeletBackend(node: Node, kubelet: KubeletAccess | undefined): Backend {
  if (kubelet === undefined) throw serviceUnavailable('this API server has no client certificate for kubelets')
  return kubeletOf(node, kubelet)
}

async function readLog(registry: Registry, exchange: Exchange, kubelet: KubeletAccess | undefined): Promise<Answer> {
  const pod = podOf(registry, exchange)
  const { query } = exchange.request
  const container = containerOf(pod, query)
  // Nothing has been said yet.
  if (!isBound(pod)) return { status: 204, body: { kind: 'empty' } }
  const backend = backendOf(registry, pod, exchange, kubelet)
  const kept = new URLSearchParams()
  for (const name of ['follow', 'previous', 'timestamps']) if (isTrue(query.get(name))) kept.set(name, 'true')
  for (const name of ['sinceSeconds', 'sinceTime', 'tailLines', 'limitBytes', 'stream']) {
    const value = query.get(name) ?? ''
    if (value !== '') kept.set(name, value)
  }
  const path = `/containerLogs/${pod.metadata.namespace}/${pod.metadata.name}/${container}`
  const relayed = await relayPlain(exchange, { backend, path: withQuery(path, kept) })
  const answer = await successOf(relayed, `get pods/log ${pod.metadata.name}`)
  return wantsWebSocket(exchange) ? await sentOverWebSocket(exchange, answer) : answer
}

/** The kubelet's names for what the API calls stdin, stdout and stderr. */
const streamNames: Readonly<Record<string, string>> = { stdin: 'input', stdout: 'output', stderr: 'error', tty: 'tty' }

async function connectContainer(action: 'exec' | 'attach', exchange: Exchange, pod: Pod, backend: Backend): Promise<Answer> {
  const { query } = exchange.request
  const commands = query.getAll('command')
  if (action === 'exec' && commands.length === 0) throw badRequest('you must specify at least one command for the container')
  const passed = new URLSearchParams(commands.map((command) => ['command', command]))
  for (const [name, kubeletName] of Object.entries(streamNames)) if (isTrue(query.get(name))) passed.set(kubeletName, '1')
  const path = `/${action}/${pod.metadata.namespace}/${pod.metadata.name}/${containerOf(pod, query)}`
  return await relayConnection(exchange, { backend, path: withQuery(path, passed) })
}

async function forwardPorts(exchange: Exchange, pod: Pod, backend: Backend): Promise<Answer> {
  const passed = new URLSearchParams(exchange.request.query.getAll('ports').map((port) => ['port', port]))
  return await relayConnection(exchange, {
    backend,
    path: withQuery(`/portForward/${pod.metadata.namespace}/${pod.metadata.name}`, passed),
  })
}

async function proxyNode(registry: Registry, exchange: Exchange, kubelet: KubeletAccess | undefined): Promise<Answer> {
  const [name = '', port] = exchange.info.name.split(':')
  const node = registry.get(Node, undefined, name)
  if (node === undefined) throw notFound({ group: '', plural: 'nodes' }, name)
  const backend = kubeletBackend(node, kubelet)
  return await proxied(exchange, port === undefined ? backend : { ...backend, port: Number(port) })
}

/** The container that a request names, or the only one. */
function containerOf(pod: Pod, query: URLSearchParams): string {
  const wanted = query.get('container') ?? ''
  const { containers = [], initContainers = [], ephemeralContainers = [] } = pod.spec ?? {}
  const all = [...containers, ...initContainers, ...ephemeralContainers]
  const { name } = pod.metadata
  if (wanted !== '') {
    if (!all.some((container) => container.name === wanted)) throw badRequest(`container ${wanted} is not valid for pod ${name}`)
    return wanted
  }
  const only = containers[0]
  if (containers.length === 1 && only !== undefined) return only.name
  const init = initContainers.length === 0 ? '' : ` or one of the init containers: [${namesOf(initContainers)}]`
  throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${namesOf(containers)}]${init}`)
}

function namesOf(containers: readonly { readonly name: string }[]): string {
  return containers.map((container) => container.name).join(' ')
}

function withQuery(path: string, query: URLSearchParams): string {
  return query.size === 0 ? path : `${path}?${query}`
}
