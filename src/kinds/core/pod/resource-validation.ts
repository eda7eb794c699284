/** What containers and pods ask for (upstream: ValidateContainerResourceRequirements). */
import { type FieldErrors, type FieldPath, forbiddenField, invalid, notFoundValue, required } from '#meta/field-path'
import { isQualifiedName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { compareQuantity, tryParseQuantity } from '#meta/quantity'
import { notNegativeMessage } from '../../number-validation.ts'
import type { PodSpec, ResourceRequirements } from '../types.gen.ts'
import type { ResourceList } from './resource-list.ts'

const hugePagesPrefix = 'hugepages-'
const standardResources: ReadonlySet<string> = new Set([
  'cpu',
  'memory',
  'ephemeral-storage',
  'storage',
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
])
const containerResources: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage'])
const podResources: ReadonlySet<string> = new Set(['cpu', 'memory'])

export function* validateContainerResources(resources: ResourceRequirements, spec: PodSpec, at: FieldPath): FieldErrors {
  yield* validateAmounts(resources, at)
  yield* validateHugePages(resources, at)
  yield* validateClaims(resources, spec, at.field('claims'))
}

export function* validatePodResources({ resources }: PodSpec, at: FieldPath): FieldErrors {
  if (resources === undefined) return
  for (const [field, list] of Object.entries({ limits: resources.limits, requests: resources.requests })) {
    for (const name of Object.keys(list ?? {})) {
      if (podResources.has(name) || name.startsWith(hugePagesPrefix)) continue
      yield {
        type: 'FieldValueNotSupported',
        path: at.field(field).key(name).toString(),
        message: `Unsupported value: ${JSON.stringify(name)}: supported values: "cpu", "hugepages-", "memory"`,
      }
    }
  }
  if (resources.claims !== undefined) yield forbiddenField(at.field('claims'), 'claims may not be set for Resources at pod-level')
  yield* validateAmounts(resources, at)
}

function* validateAmounts({ limits = {}, requests = {} }: ResourceRequirements, at: FieldPath): FieldErrors {
  for (const [name, amount] of Object.entries(limits)) yield* validateAmount(name, amount, at.field('limits').key(name))
  for (const [name, amount] of Object.entries(requests)) {
    yield* validateAmount(name, amount, at.field('requests').key(name))
    yield* validateAgainstLimit(name, amount, limits[name], at)
  }
}

function* validateAmount(name: string, amount: string, at: FieldPath): FieldErrors {
  yield* validateResourceName(name, at, true)
  const isStandard = isOfContainers(name)
  const nano = tryParseQuantity(amount)?.nano ?? 0n
  if (nano < 0n) yield invalid(at, amount, notNegativeMessage)
  const isCounted = !isStandard && (name.includes('/') || standardResources.has(name))
  if (isCounted && nano % 1_000_000_000n !== 0n) yield invalid(at, amount, 'must be an integer')
}

export function* validateResourceName(name: string, at: FieldPath, isForContainers: boolean): FieldErrors {
  yield* invalidEach(at, name, isQualifiedName(name))
  if (name.includes('/')) return
  if (!standardResources.has(name) && !name.startsWith(hugePagesPrefix))
    yield invalid(at, name, 'must be a standard resource type or fully qualified')
  if (isForContainers && !isOfContainers(name)) yield invalid(at, name, 'must be a standard resource for containers')
}

function isOfContainers(name: string): boolean {
  return containerResources.has(name) || name.startsWith(hugePagesPrefix)
}

function* validateAgainstLimit(name: string, amount: string, limit: string | undefined, at: FieldPath): FieldErrors {
  const canOvercommit = containerResources.has(name) || (!name.includes('/') && !name.startsWith(hugePagesPrefix))
  if (limit === undefined) {
    if (!canOvercommit) yield required(at.field('limits'), 'Limit must be set for non overcommitable resources')
    return
  }
  if (tryParseQuantity(amount) === undefined || tryParseQuantity(limit) === undefined) return
  const order = compareQuantity(amount, limit)
  if (!canOvercommit && order !== 0) yield invalid(at.field('requests'), amount, `must be equal to ${name} limit of ${limit}`)
  else if (order > 0) yield invalid(at.field('requests'), amount, `must be less than or equal to ${name} limit of ${limit}`)
}

function* validateHugePages({ limits = {}, requests = {} }: ResourceRequirements, at: FieldPath): FieldErrors {
  const lists: readonly ResourceList[] = [limits, requests]
  const has = (matches: (name: string) => boolean) => lists.some((list) => Object.keys(list).some(matches))
  if (has((name) => name.startsWith(hugePagesPrefix)) && !has((name) => podResources.has(name))) {
    yield forbiddenField(at, 'HugePages require cpu or memory')
  }
}

function* validateClaims({ claims = [] }: ResourceRequirements, { resourceClaims = [] }: PodSpec, at: FieldPath): FieldErrors {
  const known = resourceClaims.map((claim) => claim.name)
  for (const [index, { name = '' }] of claims.entries()) {
    if (name === '') yield required(at.index(index))
    else if (!known.includes(name)) {
      const list = known.length === 0 ? 'which is empty' : known.map((one) => JSON.stringify(one)).join(', ')
      yield notFoundValue(at.index(index), name, `must be one of the names in pod.spec.resourceClaims ${list}`)
    }
  }
}
