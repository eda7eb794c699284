/** Ports of the node itself that pods take, and which of them exclude one another. */
import type { Pod } from '#kinds/core/types.gen'

export type HostPort = { readonly protocol: string; readonly port: number; readonly ip: string }

const anyAddress = '0.0.0.0'

export function hostPortsOf(pod: Pod): readonly HostPort[] {
  // As upstream: of the init containers only those that stay (sidecars) hold their ports.
  const sidecars = (pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')
  return [...(pod.spec?.containers ?? []), ...sidecars].flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort, protocol, hostIP }) =>
      hostPort ? [{ port: hostPort, protocol: protocol || 'TCP', ip: hostIP || anyAddress }] : [],
    ),
  )
}

/** The ports taken on one node, with how many pods hold each: a set would forget a port when one of two holders goes. */
export class TakenPorts {
  readonly #ips = new Map<string, Map<string, number>>()

  take({ protocol, port, ip }: HostPort): void {
    const key = `${protocol}/${port}`
    let holders = this.#ips.get(key)
    if (holders === undefined) this.#ips.set(key, (holders = new Map()))
    holders.set(ip, (holders.get(ip) ?? 0) + 1)
  }

  release({ protocol, port, ip }: HostPort): void {
    const key = `${protocol}/${port}`
    const holders = this.#ips.get(key)
    const count = holders?.get(ip) ?? 0
    if (count > 1) holders?.set(ip, count - 1)
    else holders?.delete(ip)
    if (holders?.size === 0) this.#ips.delete(key)
  }

  /** All addresses of the node together conflict with each single one. */
  conflicts({ protocol, port, ip }: HostPort): boolean {
    const holders = this.#ips.get(`${protocol}/${port}`)
    if (holders === undefined) return false
    return ip === anyAddress || holders.has(anyAddress) || holders.has(ip)
  }
}
