/** `kubectl cluster-info` itself. */
import type { Service } from '#kinds/core/types.gen'
import { defineCommand } from '../../command.ts'
import { collection } from '../../describe/collections.ts'
import { listObjects } from '../../resources/access.ts'

const services = collection<Service>('services')

export const clusterAddresses = defineCommand({
  name: 'cluster-info',
  summary: 'Display addresses of the control plane and services with label kubernetes.io/cluster-service=true',
  examples: [['Where the control plane and the cluster services are', 'kubectl cluster-info']],
  usage: '',
  flags: {},
  async run({ cluster, host, out }) {
    const { server } = await cluster.endpoint()
    const address = `${server.origin}${server.pathname.replace(/\/+$/, '')}`
    const bold = (code: number, text: string) => (host.stdout.isTTY ? `\u001b[${code}m${text}\u001b[0m` : text)
    const say = (name: string, link: string) => out(`${bold(32, name)} is running at ${bold(33, link)}\n`)
    say('Kubernetes control plane', address)
    const { items = [] } = await listObjects(cluster, services, 'kube-system', { labelSelector: 'kubernetes.io/cluster-service=true' })
    for (const service of items.map(services.decode))
      say(service.metadata.labels?.['kubernetes.io/name'] || (service.metadata.name ?? ''), linkOf(service, address))
    out("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n")
  },
})

/** The load balancer of a service, or else the way to it through the API server. */
function linkOf({ metadata, spec, status }: Service, server: string): string {
  const [first] = status?.loadBalancer?.ingress ?? []
  const ports = spec?.ports ?? []
  if (first !== undefined) return ports.map(({ port }) => `http://${first.ip || first.hostname}:${port}`).join(' ')
  const [port] = ports
  const scheme = port?.name === 'https' || port?.port === 443 ? 'https:' : ''
  const portName = port?.name ? `:${port.name}` : scheme === '' ? '' : ':'
  return `${server}/api/v1/namespaces/${metadata.namespace}/services/${scheme}${metadata.name}${portName}/proxy`
}
