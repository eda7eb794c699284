/** Cuts the cluster's address range into one range for each node. Pure; IPv4. */

export type Cidr = { readonly address: number; readonly prefix: number }

/** Undefined where the text is no IPv4 range. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text)
  const [a = 256, b = 256, c = 256, d = 256, prefix = 33] = (match ?? []).slice(1).map(Number)
  if (Math.max(a, b, c, d) > 255 || prefix > 32) return undefined
  return { address: ((a * 256 + b) * 256 + c) * 256 + d, prefix }
}

export function formatCidr({ address, prefix }: Cidr): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256)
  return `${octets.join('.')}/${prefix}`
}

/** The first range of the node's size that nobody has; undefined when the cluster's range is used up. */
export function nextRange(cluster: Cidr, nodePrefix: number, taken: ReadonlySet<string>): string | undefined {
  const size = 2 ** (32 - nodePrefix)
  const start = Math.floor(cluster.address / 2 ** (32 - cluster.prefix)) * 2 ** (32 - cluster.prefix)
  for (let index = 0; index < 2 ** (nodePrefix - cluster.prefix); index++) {
    const range = formatCidr({ address: start + index * size, prefix: nodePrefix })
    if (!taken.has(range)) return range
  }
  return undefined
}
