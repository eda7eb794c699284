/** How a request is named in metrics: bounded, whatever the client has sent (CVE-2020-8552). Pure. */
import type { Exchange, KindTable, RequestInfo } from '../exchange.ts'

export type RequestLabels = {
  readonly verb: string
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly subresource: string
  readonly scope: string
  readonly component: string
  readonly dry_run: string
  readonly system_client: string
}

export function requestLabels({ info, request, user }: Exchange, kinds: KindTable): RequestLabels {
  const dryRun = request.query.size === 0 ? [] : request.query.getAll('dryRun')
  return {
    ...(targetOf(info, kinds) ?? { ...elsewhere, subresource: pathLabel(info.path) }),
    verb: verbOf(info, request.method, request.headers['content-type']),
    dry_run: dryRun.length === 0 ? '' : dryRun.every((value) => value === 'All') ? 'All' : 'invalid',
    system_client: systemClients.get(user.name) ?? '',
  }
}

const systemClients: ReadonlyMap<string, string> = new Map([
  ['system:apiserver', 'kube-apiserver'],
  ['system:kube-controller-manager', 'kube-controller-manager'],
  ['system:kube-scheduler', 'kube-scheduler'],
])

type Target = Omit<RequestLabels, 'verb' | 'dry_run' | 'system_client'>

const elsewhere: Target = { group: '', version: '', resource: '', subresource: '', scope: '', component: '' }

/** Undefined for what is no resource, or none that is served. */
function targetOf(info: RequestInfo, kinds: KindTable): Target | undefined {
  if (!info.isResourceRequest) return undefined
  const { group, version, resource } = info
  const kind = kinds.find(group, version, resource)
  if (kind === undefined) return undefined
  const isKnown = info.subresource === '' || info.verb === 'proxy' || knownSubresources.has(info.subresource)
  return { group, version, resource, subresource: isKnown ? info.subresource : '', scope: scopeOf(info), component: 'apiserver' }
}

const knownSubresources: ReadonlySet<string> = new Set(
  'approval attach binding ephemeralcontainers eviction exec finalize log portforward proxy resize scale status token'.split(' '),
)

function scopeOf({ name, namespace, verb }: RequestInfo): string {
  if (name !== '' || verb === 'create') return 'resource'
  return namespace === '' ? 'cluster' : 'namespace'
}

/** The paths of the server itself; of all others only that they are others. */
function pathLabel(path: string): string {
  const [, root = ''] = /^\/([^/]*)/.exec(path) ?? []
  return ownPaths.has(root) ? `/${root}` : ''
}

const ownPaths: ReadonlySet<string> = new Set(['healthz', 'livez', 'readyz', 'metrics', 'version', 'openapi', 'api', 'apis'])

/** As upstream: applies are told apart from other patches, and methods that nobody knows are one. */
function verbOf({ isResourceRequest, verb }: RequestInfo, method: string, contentType: string | undefined): string {
  if (!isResourceRequest) return knownMethods.has(method) ? method : 'other'
  if (verb === 'patch' && contentType?.startsWith('application/apply-patch')) return 'APPLY'
  return verbs[verb] ?? 'other'
}

const knownMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT'])
const verbs: Readonly<Record<string, string>> = {
  get: 'GET',
  list: 'LIST',
  watch: 'WATCH',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETECOLLECTION',
  proxy: 'CONNECT',
}
