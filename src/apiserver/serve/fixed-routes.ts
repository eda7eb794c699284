/** Routes that answer one path each. */

import { StatusError } from '#meta/status'
import type { ApiGroup } from '../discovery/api-groups.ts'
import { groupVersionOf } from '../discovery/discovery.ts'
import type { IncomingRequest } from '../exchange.ts'
import { type HealthCheck, healthAnswer, healthPathOf } from '../health/health.ts'
import type { HealthIndicators } from '../health/health-indicators.ts'
import { type Metrics, metricsAnswer } from '../metrics/metrics.ts'
import { valueAnswer } from '../registry/answers.ts'
import { parseAccept } from '../request/media-type.ts'
import { type OutputForm, plainForm } from '../request/negotiate.ts'
import type { Route } from './dispatch.ts'
import { methodNotAllowed, notServed } from './dispatch-resource.ts'
import { present } from './present.ts'
import type { VersionInfo } from './version.ts'

export function healthRoute(checks: readonly HealthCheck[], indicators: HealthIndicators): Route {
  return ({ request }) => {
    const path = healthPathOf(request.path)
    return path === undefined ? undefined : healthAnswer(indicators.noted(checks, path), request)
  }
}

export function metricsRoute(metrics: Metrics): Route {
  return ({ request }) => (request.path === '/metrics' ? metricsAnswer(metrics) : undefined)
}

export function versionRoute(info: VersionInfo): Route {
  return (exchange) => {
    const { path, method } = exchange.request
    if (!isAt(path, '/version')) return undefined
    if (method !== 'GET') throw methodNotAllowed()
    checkAccepts(exchange.request, 'application/json')
    return present(valueAnswer(info), indentedForm, exchange)
  }
}

/** A document that is made elsewhere, such as those of OpenID. */
export function documentRoute(document: { readonly path: string; readonly contentType: string; readonly body: () => string }): Route {
  const { path, contentType } = document
  return ({ request }) => {
    if (!isAt(request.path, path)) return undefined
    if (request.method !== 'GET') throw methodNotAllowed()
    checkAccepts(request, contentType)
    const bytes = new TextEncoder().encode(document.body())
    return { status: 200, headers: { 'cache-control': 'public, max-age=3600' }, body: { kind: 'bytes', contentType, bytes } }
  }
}

/** As upstream: these are for people, whoever asks. */
const indentedForm: OutputForm = { ...plainForm, isPretty: true }

/** With or without a slash behind it. Throws 404 for what would be below. */
function isAt(path: string, own: string): boolean {
  if (path === own || path === `${own}/`) return true
  if (path.startsWith(`${own}/`)) throw notServed()
  return false
}

/** Throws 406 where a client takes no form of the only one that there is. */
function checkAccepts({ headers }: IncomingRequest, contentType: string): void {
  const ranges = parseAccept(headers['accept'] || '*/*')
  if (ranges.some(({ type }) => type === contentType || type === '*/*')) return
  throw new StatusError(406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${contentType}`, {})
}

export type IndexOptions = {
  readonly groups: () => readonly ApiGroup[]
  readonly checks: readonly HealthCheck[]
  /** Paths that are neither API nor health. */
  readonly others: readonly string[]
}

/** `/`: every path that leads somewhere. */
export function indexRoute({ groups, checks, others }: IndexOptions): Route {
  const health = checks.flatMap(({ name, paths }) => paths.map((path) => `/${path}/${name}`))
  return (exchange) => {
    const { request } = exchange
    if (!['/', '', '/index.html'].includes(request.path)) return undefined
    const versions = groups().flatMap(({ name, versions: all }) => [
      ...(name === '' ? ['/api'] : [`/apis/${name}`]),
      ...all.map((version) => (name === '' ? `/api/${version.version}` : `/apis/${groupVersionOf(version)}`)),
    ])
    const roots = ['/apis', '/apis/', '/healthz', '/livez', '/readyz']
    const paths = [...new Set([...roots, ...versions, ...health, ...others])].sort()
    return present(valueAnswer({ paths }), indentedForm, exchange)
  }
}
