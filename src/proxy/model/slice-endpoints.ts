/** The endpoints behind one port of a service, out of all of its slices. */
import type { EndpointSlice, Endpoint as SliceEndpoint } from '#kinds/discovery/types.gen'
import { bareAddress, type IpFamily } from './address.ts'
import type { NodeFacts } from './node-facts.ts'

export type Endpoint = { readonly address: string; readonly port: number; readonly isLocal: boolean }

/** An endpoint before one is chosen: its state, and for whom it is hinted. */
export type Candidate = Endpoint & {
  readonly isReady: boolean
  readonly isServing: boolean
  readonly isTerminating: boolean
  readonly zoneHints: readonly string[]
  readonly nodeHints: readonly string[]
}

/** Sorted, so that equal endpoints make equal rules whatever the order of the slices; one for each address and port. */
export function endpointsOfPort(
  slices: readonly EndpointSlice[],
  port: { readonly family: IpFamily; readonly protocol: string; readonly name: string },
  node: NodeFacts,
): readonly Candidate[] {
  const found = new Map<string, Candidate>()
  for (const slice of slices) {
    if (slice.addressType !== port.family) continue
    for (const number of portNumbersOf(slice, port)) {
      for (const endpoint of slice.endpoints ?? []) {
        const candidate = candidateOf(endpoint, number, node)
        if (candidate === undefined) continue
        const key = `${candidate.address} ${candidate.port}`
        const known = found.get(key)
        // While an endpoint moves from one slice to another it may stand in both: the one that can answer counts.
        if (known === undefined || (candidate.isReady && !known.isReady)) found.set(key, candidate)
      }
    }
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, candidate]) => candidate)
}

function portNumbersOf(slice: EndpointSlice, wanted: { readonly protocol: string; readonly name: string }): readonly number[] {
  return (slice.ports ?? [])
    .filter(({ name = '', protocol = 'TCP' }) => name === wanted.name && protocol.toLowerCase() === wanted.protocol)
    .flatMap(({ port }) => (port === undefined || port === null ? [] : [port]))
}

/** As upstream, only the first address counts. Unknown means ready; serving follows ready; unknown means not terminating. */
function candidateOf(endpoint: SliceEndpoint, port: number, node: NodeFacts): Candidate | undefined {
  const [address] = endpoint.addresses
  if (address === undefined) return undefined
  const { ready, serving, terminating } = endpoint.conditions ?? {}
  const isReady = ready ?? true
  return {
    address: bareAddress(address),
    port,
    isLocal: endpoint.nodeName === node.name,
    isReady,
    isServing: serving ?? isReady,
    isTerminating: terminating ?? false,
    zoneHints: (endpoint.hints?.forZones ?? []).map(({ name }) => name),
    nodeHints: (endpoint.hints?.forNodes ?? []).map(({ name }) => name),
  }
}
