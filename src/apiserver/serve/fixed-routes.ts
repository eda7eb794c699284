/** Routes that answer one path each. */
import { valueAnswer } from '../registry/answers.ts'
import { negotiate } from '../request/negotiate.ts'
import type { ApiGroup } from './api-groups.ts'
import { groupVersionOf } from './discovery.ts'
import type { Route } from './dispatch.ts'
import { methodNotAllowed } from './dispatch-resource.ts'
import { type HealthCheck, healthAnswer } from './health.ts'
import { type Metrics, metricsAnswer } from './metrics.ts'
import { present } from './present.ts'
import type { VersionInfo } from './version.ts'

export function healthRoute(checks: readonly HealthCheck[]): Route {
  return ({ request }) => (/^\/(healthz|livez|readyz)(\/|$)/.test(request.path) ? healthAnswer(checks, request) : undefined)
}

export function metricsRoute(metrics: Metrics): Route {
  return ({ request }) => (request.path === '/metrics' ? metricsAnswer(metrics) : undefined)
}

export function versionRoute(info: VersionInfo): Route {
  return (exchange) => {
    const { path, method } = exchange.request
    if (path !== '/version' && path !== '/version/') return undefined
    if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed()
    return present(valueAnswer(info), negotiate(exchange.request), exchange)
  }
}

/** A document that is made elsewhere, such as those of OpenID. */
export function documentRoute(document: { readonly path: string; readonly contentType: string; readonly body: () => string }): Route {
  return ({ request }) =>
    request.path === document.path
      ? {
          status: 200,
          headers: { 'cache-control': 'public, max-age=3600' },
          body: { kind: 'bytes', contentType: document.contentType, bytes: new TextEncoder().encode(document.body()) },
        }
      : undefined
}

/** `/`: every path that leads somewhere. */
export function indexRoute(groupsOf: () => readonly ApiGroup[], others: readonly string[]): Route {
  return ({ request }) => {
    if (request.path !== '/' && request.path !== '') return undefined
    const versions = groupsOf().flatMap(({ name, versions: all }) => [
      ...(name === '' ? ['/api'] : [`/apis/${name}`]),
      ...all.map((version) => (name === '' ? `/api/${version.version}` : `/apis/${groupVersionOf(version)}`)),
    ])
    return valueAnswer({ paths: [...new Set(['/apis', ...versions, ...others])].sort() })
  }
}
