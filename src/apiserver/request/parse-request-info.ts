/** What a URL and a method mean: which verb on which resource, or a path that is none. Pure. */
import type { RequestInfo, Step } from '../exchange.ts'

/** Step: fills `exchange.info`. */
export const parseRequestInfo: Step = (exchange, next) => {
  const { method, path, query } = exchange.request
  exchange.info = requestInfoOf(method, path, query)
  return next(exchange)
}

export function requestInfoOf(method: string, path: string, query: URLSearchParams): RequestInfo {
  const parts = partsOf(path)
  const root = parts[0]
  const isGrouped = root === 'apis'
  const resourceAt = isGrouped ? 3 : 2
  if ((root !== 'api' && !isGrouped) || parts.length <= resourceAt) return nonResource(method, path)
  const group = isGrouped ? (parts[1] ?? '') : ''
  const version = parts[resourceAt - 1] ?? ''
  const isOldWatch = parts[resourceAt] === 'watch' && parts.length > resourceAt + 1
  const target = targetOf(parts.slice(isOldWatch ? resourceAt + 1 : resourceAt))
  const verb = isOldWatch ? 'watch' : verbOf(method, target.name, query)
  const name =
    target.name === '' && (verb === 'list' || verb === 'watch' || verb === 'deletecollection') ? nameInSelector(query) : target.name
  return { isResourceRequest: true, path, verb, group, version, ...target, name }
}

type Target = Pick<RequestInfo, 'namespace' | 'resource' | 'subresource' | 'name' | 'rest'>

/** `namespaces/x/pods/y/log/...` and `namespaces/x/status` differ: a namespace has subresources of its own. */
function targetOf(parts: readonly string[]): Target {
  const [first = '', second = '', third] = parts
  if (first !== 'namespaces') return { namespace: '', resource: first, name: second, subresource: third ?? '', rest: parts.slice(3) }
  if (third === undefined || namespaceSubresources.has(third)) {
    return { namespace: second, resource: first, name: second, subresource: third ?? '', rest: parts.slice(3) }
  }
  return { namespace: second, resource: third, name: parts[3] ?? '', subresource: parts[4] ?? '', rest: parts.slice(5) }
}

const namespaceSubresources: ReadonlySet<string> = new Set(['status', 'finalize'])

function verbOf(method: string, name: string, query: URLSearchParams): string {
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (name !== '') return 'get'
      return isTrue(query.get('watch')) ? 'watch' : 'list'
    case 'POST':
      return 'create'
    case 'PUT':
      return 'update'
    case 'PATCH':
      return 'patch'
    case 'DELETE':
      return name === '' ? 'deletecollection' : 'delete'
    default:
      return ''
  }
}

/** As upstream's query decoding: present, even without a value, counts as true unless it says otherwise. */
export function isTrue(value: string | null): boolean {
  return value !== null && value !== '0' && value.toLowerCase() !== 'false'
}

/** A list of one name is authorized like a get of that name: informers of a single object need no more. */
function nameInSelector(query: URLSearchParams): string {
  const selector = query.get('fieldSelector')
  if (selector === null || !selector.startsWith('metadata.name=')) return ''
  const name = selector.slice('metadata.name='.length).replace(/^=/, '')
  return /^[^,=!\\]+$/.test(name) ? name : ''
}

function nonResource(method: string, path: string): RequestInfo {
  const verb = method.toLowerCase()
  return { isResourceRequest: false, path, verb, group: '', version: '', namespace: '', resource: '', subresource: '', name: '', rest: [] }
}

function partsOf(path: string): readonly string[] {
  // As upstream: an escaped slash is a slash like any other.
  const plain = path.includes('%') ? decoded(path) : path
  const trimmed = plain.startsWith('/') ? plain.slice(1) : plain
  return (trimmed.endsWith('/') ? trimmed.slice(0, -1) : trimmed).split('/')
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
