/** What a quota may limit, and for which objects (upstream: ValidateResourceQuota). */
import { type FieldErrors, FieldPath, immutable, invalid } from '#meta/field-path'
import { isQualifiedName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { tryParseQuantity } from '#meta/quantity'
import { notNegativeMessage } from '../number-validation.ts'
import { isSameValue } from '../same-value.ts'
import type { ResourceQuota } from './types.gen.ts'

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
  for (const [name, amount] of Object.entries(spec?.hard ?? {})) {
    const here = at.field('hard').key(name)
    yield* validateName(name, here)
    yield* validateAmount(name, amount, here)
  }
  yield* validateScopes(spec?.scopes ?? [], at.field('scopes'))
}

export function* validateResourceQuotaUpdate({ spec: next }: ResourceQuota, { spec: old }: ResourceQuota): FieldErrors {
  const sorted = (list: readonly string[] | undefined) => [...(list ?? [])].toSorted()
  if (isSameValue(sorted(next?.scopes), sorted(old?.scopes))) return
  yield* immutable(FieldPath.of('spec', 'scopes'), next?.scopes, old?.scopes)
}

function* validateName(name: string, at: FieldPath): FieldErrors {
  yield* invalidEach(at, name, isQualifiedName(name))
  if (name.includes('/') || quotaResources.has(name) || /^(requests\.)?hugepages-/.test(name)) return
  yield invalid(at, name, 'must be a standard resource type or fully qualified')
  yield invalid(at, name, 'must be a standard resource for quota')
}

function* validateAmount(name: string, amount: string, at: FieldPath): FieldErrors {
  const nano = tryParseQuantity(amount)?.nano ?? 0n
  if (nano < 0n) yield invalid(at, amount, notNegativeMessage)
  if (counted.includes(name) && nano % 1_000_000_000n !== 0n) yield invalid(at, amount, 'must be an integer')
}

function* validateScopes(given: readonly string[], at: FieldPath): FieldErrors {
  for (const scope of given) if (!scopes.has(scope)) yield invalid(at, given, 'unsupported scope')
  for (const pair of exclusive) if (pair.every((scope) => given.includes(scope))) yield invalid(at, given, 'conflicting scopes')
}
