/** What a request asks permission for. */
import type { RequestInfo, UserInfo } from '../exchange.ts'
import type { AccessQuestion, SelectorRequirement } from './authorizer.ts'

export function questionOf(user: UserInfo, info: RequestInfo, query: URLSearchParams): AccessQuestion {
  const { verb, group, version, resource, subresource, namespace, name } = info
  if (!info.isResourceRequest) return { user, verb, path: info.path }
  const fieldSelector = selectingVerbs.has(verb) ? requirementsOf(query.get('fieldSelector') ?? '') : undefined
  return { user, verb, resource: { group, version, resource, subresource, namespace, name, ...(fieldSelector && { fieldSelector }) } }
}

const selectingVerbs: ReadonlySet<string> = new Set(['list', 'watch', 'deletecollection'])

/** The conditions of a field selector; undefined where there are none. What cannot be read is left out: it grants nothing. */
export function requirementsOf(selector: string): readonly SelectorRequirement[] | undefined {
  const requirements = selector.split(/(?<!\\),/).flatMap((term) => {
    const [, key, operator, value = ''] = /^([^=!]+)(!=|==|=)(.*)$/s.exec(term) ?? []
    if (key === undefined) return []
    return [{ key, operator: operator === '!=' ? ('NotIn' as const) : ('In' as const), values: [value.replace(/\\(.)/gs, '$1')] }]
  })
  return requirements.length === 0 ? undefined : requirements
}
