/** What a caller may do at this kubelet: subresources of its node, as the API server decides. */
import type { Clock } from '#base/env/clock'
import type { Client } from '#client/client'
import type { SubjectAccessReview } from '#kinds/authorization/types.gen'
import type { Caller } from './authentication.ts'
import { ExpiringCache } from './expiring-cache.ts'

const verbs: Readonly<Record<string, string>> = { POST: 'create', GET: 'get', HEAD: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }

/** Of these one must be allowed: the narrow one first, then `proxy`, which stands for all. */
export function subresourcesOf(path: string): readonly string[] {
  const isAt = (root: string) => path === root || path.startsWith(`${root}/`)
  if (isAt('/stats')) return ['stats']
  if (isAt('/metrics')) return ['metrics']
  if (isAt('/logs')) return ['log']
  if (isAt('/checkpoint')) return ['checkpoint']
  if (isAt('/healthz')) return ['healthz', 'proxy']
  if (isAt('/pods') || isAt('/runningpods')) return ['pods', 'proxy']
  if (isAt('/configz')) return ['configz', 'proxy']
  return ['proxy']
}

/** Upstream's `authorization.webhook.cacheAuthorizedTTL` and `cacheUnauthorizedTTL`. */
const allowedMs = 300_000
const deniedMs = 30_000

export class Authorizer {
  readonly #deps: { readonly client: Client; readonly clock: Clock; readonly nodeName: string }
  readonly #decisions: ExpiringCache<boolean>

  constructor(deps: { readonly client: Client; readonly clock: Clock; readonly nodeName: string }) {
    this.#deps = deps
    this.#decisions = new ExpiringCache(deps.clock)
  }

  /** Undefined where it is allowed, otherwise why not. */
  async refusalOf(caller: Caller, method: string, path: string): Promise<string | undefined> {
    const verb = verbs[method] ?? ''
    const subresources = subresourcesOf(path)
    for (const subresource of subresources) if (await this.#mayDo(caller, verb, subresource)) return undefined
    return `Forbidden (user=${caller.name}, verb=${verb}, resource=nodes, subresource(s)=[${subresources.join(' ')}])`
  }

  #mayDo(caller: Caller, verb: string, subresource: string): Promise<boolean> {
    const key = JSON.stringify([caller, verb, subresource])
    return this.#decisions.get(
      key,
      () => this.#review(caller, verb, subresource),
      (isAllowed) => (isAllowed ? allowedMs : deniedMs),
    )
  }

  async #review({ name, uid, groups, extra }: Caller, verb: string, subresource: string): Promise<boolean> {
    const resourceAttributes = { verb, group: '', version: 'v1', resource: 'nodes', subresource, name: this.#deps.nodeName }
    const spec = {
      user: name,
      groups,
      resourceAttributes,
      ...(uid === undefined ? {} : { uid }),
      ...(extra === undefined ? {} : { extra }),
    }
    const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', metadata: {}, spec }
    const answer = await this.#deps.client.transport.request({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      body,
    })
    return (answer.body as SubjectAccessReview).status.allowed
  }
}
