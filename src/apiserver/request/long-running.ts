/** Requests that may last: watches, and connections into nodes, pods and services. As upstream, profiles too. */
import type { RequestInfo } from '../exchange.ts'

const connectingSubresources: ReadonlySet<string> = new Set(['attach', 'exec', 'proxy', 'log', 'portforward'])

export function isLongRunning(info: RequestInfo): boolean {
  if (!info.isResourceRequest) return info.path.startsWith('/debug/pprof/')
  return info.verb === 'watch' || connectingSubresources.has(info.subresource)
}
