/** Where the kubelet of a node listens, and how the API server proves itself to it. */
import type { Node } from '#kinds/core/node.kind'
import { serviceUnavailable } from '#meta/status'
import type { Backend } from './relay.ts'

export type KubeletAccess = {
  /** PEM of the API server's own certificate for kubelets. */
  readonly clientCert: string
  readonly clientKey: string
  /** PEM of the authority of the kubelets' certificates; without it they are not verified, as upstream's default. */
  readonly ca?: string | undefined
  /** As `--kubelet-preferred-address-types`. */
  readonly addressTypes?: readonly string[]
}

const defaultAddressTypes: readonly string[] = ['InternalIP', 'Hostname', 'InternalDNS', 'ExternalDNS', 'ExternalIP']
const defaultPort = 10_250

/** Throws 503 for a node that has told no address yet. */
export function kubeletOf(node: Node, access: KubeletAccess): Backend {
  const { name = '' } = node.metadata
  const addresses = node.status?.addresses ?? []
  const types = access.addressTypes ?? defaultAddressTypes
  const address = types.map((type) => addresses.find((one) => one.type === type)?.address).find((one) => one !== undefined && one !== '')
  if (address === undefined) throw serviceUnavailable(`no preferred addresses found for node ${JSON.stringify(name)}; known addresses: []`)
  const port = node.status?.daemonEndpoints?.kubeletEndpoint?.Port
  const { clientCert: cert, clientKey: key, ca } = access
  return { scheme: 'https', host: address, port: port === undefined || port === 0 ? defaultPort : port, tls: { cert, key, ca } }
}
