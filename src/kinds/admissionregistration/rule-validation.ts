/** Which requests a webhook or a policy is for (upstream: validateRuleWithOperations). */
import { duplicate, type FieldErrors, type FieldPath, invalid, notSupported, required } from '#meta/field-path'
import { isPathSegmentName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import type { NamedRuleWithOperations, RuleWithOperations } from './types.gen.ts'

const operationNames = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']
const scopes = ['*', 'Cluster', 'Namespaced']

export function* validateRule({ operations, apiGroups, apiVersions, resources, scope }: RuleWithOperations, at: FieldPath): FieldErrors {
  yield* validateList(operations ?? [], 'operations', at.field('operations'))
  for (const [index, operation] of (operations ?? []).entries())
    if (!operationNames.includes(operation)) yield notSupported(at.field('operations').index(index), operation, operationNames)
  yield* validateList(apiGroups ?? [], 'API groups', at.field('apiGroups'))
  yield* validateList(apiVersions ?? [], 'API versions', at.field('apiVersions'))
  for (const [index, version] of (apiVersions ?? []).entries()) if (version === '') yield required(at.field('apiVersions').index(index))
  yield* validateResources(resources ?? [], at.field('resources'))
  if (scope !== undefined && !scopes.includes(scope)) yield notSupported(at.field('scope'), scope, scopes)
}

export function* validateNamedRule(rule: NamedRuleWithOperations, at: FieldPath): FieldErrors {
  const names = rule.resourceNames ?? []
  const here = at.field('resourceNames')
  for (const [index, name] of names.entries()) {
    yield* invalidEach(here.index(index), name, isPathSegmentName(name))
    if (names.indexOf(name) < index) yield duplicate(here.index(index), name)
  }
  yield* validateRule(rule, at)
}

function* validateList(entries: readonly string[], what: string, at: FieldPath): FieldErrors {
  if (entries.length === 0) yield required(at)
  if (entries.length > 1 && entries.includes('*')) yield invalid(at, entries, `if '*' is present, must not specify other ${what}`)
}

/** `*` is every resource, `a/*` every subresource of a, `* /s` the subresource s of all, and `* /*` is everything. */
function* validateResources(resources: readonly string[], at: FieldPath): FieldErrors {
  if (resources.length === 0) yield required(at)
  const allSubresourcesOf = new Set<string>()
  const ofAllResources = new Set<string>()
  for (const [index, text] of resources.entries()) {
    if (text === '') yield required(at.index(index))
    const slash = text.indexOf('/')
    if (slash < 0) continue
    const [resource, subresource] = [text.slice(0, slash), text.slice(slash + 1)]
    if (allSubresourcesOf.has(resource)) yield invalid(at.index(index), text, `if '${resource}/*' is present, must not specify ${text}`)
    if (ofAllResources.has(subresource)) yield invalid(at.index(index), text, `if '*/${subresource}' is present, must not specify ${text}`)
    if (subresource === '*') allSubresourcesOf.add(resource)
    if (resource === '*') ofAllResources.add(subresource)
  }
  if (resources.length > 1 && resources.includes('*/*'))
    yield invalid(at, resources, "if '*/*' is present, must not specify other resources")
  // As upstream: the last entry without a subresource decides.
  const last = resources.findLast((text) => text !== '' && !text.includes('/'))
  if (resources.includes('*') && last !== '*')
    yield invalid(at, resources, "if '*' is present, must not specify other resources without subresources")
}
