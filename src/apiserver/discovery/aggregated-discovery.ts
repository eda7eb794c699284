/** Who gets discovery in its aggregated form, and in which encoding. */
import type { IncomingRequest } from '../exchange.ts'
import { parseAccept, protobufType } from '../request/media-type.ts'
import type { OutputFormat } from '../request/negotiate.ts'

export type DiscoveryFormat = Exclude<OutputFormat, 'cbor'>

const types: Readonly<Record<DiscoveryFormat, string>> = { json: 'application/json', yaml: 'application/yaml', protobuf: protobufType }

export function aggregatedTypeOf(format: DiscoveryFormat): string {
  return `${types[format]};g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList`
}

/** The encoding, if the first form that the client accepts and we have is the aggregated one. */
export function aggregatedFormatOf(request: IncomingRequest): DiscoveryFormat | undefined {
  for (const { type, parameters } of parseAccept(request.headers['accept'] ?? '')) {
    const format = formatOf(type)
    if (format === undefined) continue
    const as = parameters.get('as')
    if (as === undefined) return undefined
    if (as === 'APIGroupDiscoveryList' && parameters.get('g') === 'apidiscovery.k8s.io' && parameters.get('v') === 'v2') return format
  }
  return undefined
}

function formatOf(type: string): DiscoveryFormat | undefined {
  switch (type) {
    case 'application/json':
    case 'application/*':
    case '*/*':
      return 'json'
    case 'application/yaml':
      return 'yaml'
    case protobufType:
      return 'protobuf'
    default:
      return undefined
  }
}
