/** `kubectl create service clusterip`, `nodeport`, `loadbalancer` and `externalname`. */
import { intFlag, listFlag, stringFlag } from '#component/flags'
import { creationCommand } from '../../create/creation.ts'
import { CommandError } from '../../errors.ts'
import { madeResources } from '../../resources/made-resources.ts'
import type { Fields } from '../../resources/unstructured.ts'

const tcpFlag = listFlag([], 'Ports, as PORT or PORT:TARGETPORT.')

export const createClusterIpService = creationCommand({
  name: 'clusterip',
  summary: 'Create a ClusterIP service with the specified name',
  examples: [
    ['A service', 'kubectl create service clusterip web --tcp=5678:8080'],
    ['A headless one', 'kubectl create service clusterip web --clusterip="None"'],
  ],
  usage: 'NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none]',
  flags: { clusterip: stringFlag('', "The service's own address, or None; one is chosen unless given."), tcp: tcpFlag },
  resource: madeResources.service,
  failure: 'failed to create ClusterIP service: ',
  draft({ flags }, name) {
    if (flags.clusterip === 'None') {
      if (flags.tcp.length === 0) return serviceDraft(name, { type: 'ClusterIP', clusterIP: 'None' })
    } else if (flags.tcp.length === 0) throw new CommandError('at least one tcp port specifier must be provided')
    return serviceDraft(name, { ports: portsOf(flags.tcp), type: 'ClusterIP', clusterIP: flags.clusterip })
  },
})

export const createNodePortService = creationCommand({
  name: 'nodeport',
  summary: 'Create a NodePort service with the specified name',
  examples: [['A service on a port of every node', 'kubectl create service nodeport web --tcp=5678:8080']],
  usage: 'NAME [--tcp=port:targetPort] [--dry-run=server|client|none]',
  flags: { 'node-port': intFlag(0, 'The port of the nodes; one is chosen unless given.'), tcp: tcpFlag },
  resource: madeResources.service,
  failure: 'failed to create NodePort service: ',
  draft({ flags }, name) {
    requirePorts(flags.tcp)
    return serviceDraft(name, { ports: portsOf(flags.tcp, flags['node-port']), type: 'NodePort' })
  },
})

export const createLoadBalancerService = creationCommand({
  name: 'loadbalancer',
  summary: 'Create a LoadBalancer service with the specified name',
  examples: [['A service behind a load balancer', 'kubectl create service loadbalancer web --tcp=5678:8080']],
  usage: 'NAME [--tcp=port:targetPort] [--dry-run=server|client|none]',
  flags: { tcp: tcpFlag },
  resource: madeResources.service,
  failure: 'failed to create LoadBalancer service: ',
  draft({ flags }, name) {
    requirePorts(flags.tcp)
    return serviceDraft(name, { ports: portsOf(flags.tcp), type: 'LoadBalancer' })
  },
})

export const createExternalNameService = creationCommand({
  name: 'externalname',
  summary: 'Create an ExternalName service with the specified name',
  examples: [['Another name of a host', 'kubectl create service externalname db --external-name db.example']],
  usage: 'NAME --external-name external.name [--dry-run=server|client|none]',
  flags: { 'external-name': stringFlag('', 'The name that the service stands for.'), tcp: tcpFlag },
  required: ['external-name'],
  resource: madeResources.service,
  failure: 'failed to create ExternalName service: ',
  draft: ({ flags }, name) => serviceDraft(name, { ports: portsOf(flags.tcp), type: 'ExternalName', externalName: flags['external-name'] }),
})

type ServiceSpec = {
  readonly ports?: readonly Fields[]
  readonly type: string
  readonly clusterIP?: string
  readonly externalName?: string
}

function serviceDraft(name: string, { ports = [], type, clusterIP = '', externalName = '' }: ServiceSpec): Fields {
  const labels = { app: name }
  return {
    metadata: { name, labels },
    spec: {
      ...(ports.length === 0 ? {} : { ports }),
      selector: labels,
      ...(clusterIP === '' ? {} : { clusterIP }),
      type,
      ...(externalName === '' ? {} : { externalName }),
    },
    status: { loadBalancer: {} },
  }
}

function requirePorts(texts: readonly string[]): void {
  if (texts.length === 0) throw new CommandError('at least one tcp port specifier must be provided')
}

function portsOf(texts: readonly string[], nodePort = 0): readonly Fields[] {
  return texts.map((text) => {
    const [port, targetPort] = portPair(text)
    return {
      // Colons are no part of a port's name.
      name: text.replaceAll(':', '-'),
      protocol: 'TCP',
      port,
      targetPort,
      ...(nodePort === 0 ? {} : { nodePort }),
    }
  })
}

function portPair(text: string): readonly [port: number, targetPort: number | string] {
  const [first = '', second = first] = text.split(/:(.*)/s)
  const port = portNumber(first)
  if (!/^[-+]?[0-9]+$/.test(second)) return [port, second]
  return [port, portNumber(second)]
}

function portNumber(text: string): number {
  const fail = (why: string) => new CommandError(`strconv.ParseUint: parsing ${JSON.stringify(text)}: ${why}`)
  if (!/^[0-9]+$/.test(text)) throw fail('invalid syntax')
  if (Number(text) > 65_535) throw fail('value out of range')
  return Number(text)
}
