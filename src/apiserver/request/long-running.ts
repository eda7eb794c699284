/** Requests that may last: watches, and connections into nodes, pods and services. */
import type { RequestInfo } from '../exchange.ts'

const connectingSubresources: ReadonlySet<string> = new Set(['attach', 'exec', 'proxy', 'log', 'portforward'])

export function isLongRunning(info: RequestInfo): boolean {
  return info.verb === 'watch' || connectingSubresources.has(info.subresource)
}
