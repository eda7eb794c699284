/** The pod network of one node as a CNI configuration: a bridge, addresses from the node's pod range, host ports. Pure. */

export type CniFacts = {
  readonly bridge: string
  /** The node's pod ranges, IPv4 or IPv6, as CIDRs. */
  readonly podCidrs: readonly string[]
  /** Where addresses given out are remembered; wiped with the node. */
  readonly addressDir: string
  readonly mtu: number | undefined
}

/** The text of a `.conflist` file. */
export function cniConfigOf(facts: CniFacts): string {
  const bridge = {
    type: 'bridge',
    bridge: facts.bridge,
    isGateway: true,
    isDefaultGateway: true,
    hairpinMode: true,
    ipMasq: false,
    ...(facts.mtu === undefined ? {} : { mtu: facts.mtu }),
    ipam: {
      type: 'host-local',
      dataDir: facts.addressDir,
      ranges: facts.podCidrs.map((subnet) => [{ subnet }]),
    },
  }
  const config = { cniVersion: '0.4.0', name: 'navarch', plugins: [bridge, { type: 'portmap', capabilities: { portMappings: true } }] }
  return `${JSON.stringify(config, undefined, 2)}\n`
}
