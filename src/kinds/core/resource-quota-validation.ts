/** What a quota may limit, and for which objects (upstream: ValidateResourceQuota). */
import { type FieldErrors, FieldPath, immutable, invalid, required } from '#meta/field-path'
import { isQualifiedName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { tryParseQuantity } from '#meta/quantity'
import { notNegativeMessage } from '../number-validation.ts'
import { internalForm } from '../shown/internal-form.ts'
import type { ResourceList } from './pod/resource-list.ts'
import * as schemas from './schema.gen.ts'
import type { ResourceQuota, ResourceQuotaSpec } from './types.gen.ts'

const counted = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]
const measured = ['cpu', 'memory', 'ephemeral-storage']
const quotaResources: ReadonlySet<string> = new Set([
  ...counted,
  ...measured,
  ...measured.map((name) => `requests.${name}`),
  ...measured.map((name) => `limits.${name}`),
  'storage',
  'requests.storage',
])
const scopes: ReadonlySet<string> = new Set([
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
  'VolumeAttributesClass',
])
const exclusive = [
  ['Terminating', 'NotTerminating'],
  ['BestEffort', 'NotBestEffort'],
] as const

export function* validateResourceQuota({ spec }: ResourceQuota): FieldErrors {
  const at = FieldPath.of('spec')
  yield* validateList(spec?.hard, at.field('hard'))
  if (spec === undefined) return
  yield* validateScopes(spec, at.field('scopes'))
  yield* validateScopeSelector(spec, at.field('scopeSelector').field('matchExpressions'))
}

export function* validateResourceQuotaStatus({ status }: ResourceQuota): FieldErrors {
  const at = FieldPath.of('status')
  for (const side of ['hard', 'used'] as const) yield* validateList(status?.[side], at.field(side))
}

function* validateList(list: ResourceList | undefined, at: FieldPath): FieldErrors {
  for (const [name, amount] of Object.entries(list ?? {})) {
    yield* validateName(name, at.key(name))
    yield* validateAmount(name, amount, at.key(name))
  }
}

export function* validateResourceQuotaUpdate({ spec: next }: ResourceQuota, { spec: old }: ResourceQuota): FieldErrors {
  if (new Set(next?.scopes).symmetricDifference(new Set(old?.scopes)).size === 0) return
  yield* immutable(FieldPath.of('spec', 'scopes'), next?.scopes, old?.scopes)
}

function* validateName(name: string, at: FieldPath): FieldErrors {
  const problems = isQualifiedName(name)
  yield* invalidEach(at, name, problems)
  if (name.includes('/') || quotaResources.has(name) || /^(requests\.)?hugepages-/.test(name)) return
  if (problems.length === 0) yield invalid(at, name, 'must be a standard resource type or fully qualified')
  yield invalid(at, name, 'must be a standard resource for quota')
}

function* validateAmount(name: string, amount: string, at: FieldPath): FieldErrors {
  const nano = tryParseQuantity(amount)?.nano ?? 0n
  if (nano < 0n) yield invalid(at, amount, notNegativeMessage)
  if ((counted.includes(name) || name.startsWith('count/')) && nano % 1_000_000_000n !== 0n) yield invalid(at, amount, 'must be an integer')
}

function* validateScopes({ scopes: given = [], hard = {} }: ResourceQuotaSpec, at: FieldPath): FieldErrors {
  for (const scope of given) {
    if (!scopes.has(scope)) yield invalid(at, given, 'unsupported scope')
    for (const _ of resourcesOutside(scope, hard)) yield invalid(at, given, 'unsupported scope applied to resource')
  }
  for (const pair of exclusive) if (pair.every((scope) => given.includes(scope))) yield invalid(at, given, 'conflicting scopes')
}

const ofComputing = new Set(['pods', 'cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'])

/** What a scope can choose among; other scopes do not ask. */
const resourcesOfScopes: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['Terminating', ofComputing],
  ['NotTerminating', ofComputing],
  ['NotBestEffort', ofComputing],
  ['PriorityClass', ofComputing],
  ['CrossNamespacePodAffinity', ofComputing],
  ['BestEffort', new Set(['pods'])],
  ['VolumeAttributesClass', new Set(['persistentvolumeclaims', 'storage', 'requests.storage'])],
])

function resourcesOutside(scope: string, hard: object): readonly string[] {
  const inside = resourcesOfScopes.get(scope)
  return inside === undefined ? [] : Object.keys(hard).filter((name) => quotaResources.has(name) && !inside.has(name))
}

/** Scopes that are there or not, and have no values. */
const bareScopes: ReadonlySet<string> = new Set([...scopes].filter((scope) => !['PriorityClass', 'VolumeAttributesClass'].includes(scope)))

/** As upstream: every error stands at the list, not at its entry. */
function* validateScopeSelector({ scopeSelector, scopes: given, hard = {} }: ResourceQuotaSpec, at: FieldPath): FieldErrors {
  const { matchExpressions = [] } = scopeSelector ?? {}
  for (const { scopeName = '', operator = '', values = [] } of matchExpressions) {
    if (!scopes.has(scopeName)) yield invalid(at.field('scopeName'), scopeName, 'unsupported scope')
    for (const _ of resourcesOutside(scopeName, hard))
      yield invalid(at, internalForm(schemas.ScopeSelector, scopeSelector), 'unsupported scope applied to resource')
    if (bareScopes.has(scopeName) && operator !== 'Exists')
      yield invalid(
        at.field('operator'),
        operator,
        "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity",
      )
    switch (operator) {
      case 'In':
      case 'NotIn':
        if (values.length === 0)
          yield required(at.field('values'), "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector")
        break
      case 'Exists':
      case 'DoesNotExist':
        if (values.length > 0)
          yield invalid(at.field('values'), values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector")
        break
      default:
        yield invalid(at.field('operator'), operator, 'not a valid selector operator')
    }
  }
  const names = matchExpressions.map(({ scopeName }) => scopeName)
  for (const pair of exclusive) if (pair.every((scope) => names.includes(scope))) yield invalid(at, given ?? null, 'conflicting scopes')
}
