/** What containers and pods ask for (upstream: ValidateContainerResourceRequirements). */
import {
  duplicate,
  type FieldErrors,
  type FieldPath,
  forbiddenField,
  invalid,
  notFoundValue,
  notSupported,
  required,
} from '#meta/field-path'
import { isDns1123Label, isQualifiedName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { compareQuantity, tryParseQuantity } from '#meta/quantity'
import { notNegativeMessage } from '../../number-validation.ts'
import type { PodSpec, ResourceRequirements } from '../types.gen.ts'
import { type Amounts, containerTotals } from './container-totals.ts'
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
  yield* validateAmounts(resources, validateContainerResourceName, at)
  yield* validateHugePages(resources, at)
  yield* validateClaims(resources, spec, at.field('claims'))
}

export function* validatePodResources(spec: PodSpec, at: FieldPath): FieldErrors {
  const { resources, os } = spec
  if (resources === undefined) return
  if (os?.name === 'windows') yield forbiddenField(at, 'may not be set for a windows pod')
  if (resources.claims !== undefined) yield forbiddenField(at.field('claims'), 'claims may not be set for Resources at pod-level')
  yield* validateAmounts(resources, validatePodResourceName, at)
  yield* validateHugePages(resources, at)
  yield* validateClaims(resources, spec, at.field('claims'))
  yield* validateShares(spec, resources, at)
}

/** What the sandbox itself takes. */
export function* validateOverhead(overhead: ResourceList, at: FieldPath): FieldErrors {
  yield* validateAmounts({ limits: overhead }, validateContainerResourceName, at)
}

/** Containers may not ask for more than the pod has. */
function* validateShares(spec: PodSpec, { requests = {}, limits = {} }: ResourceRequirements, at: FieldPath): FieldErrors {
  const wanted = { requests: containerTotals(spec, 'requests'), limits: containerTotals(spec, 'limits') }
  yield* validateTotals(requests, wanted.requests, 'requests', at)
  const hugePages = Object.fromEntries(Object.entries(limits).filter(([name]) => name.startsWith(hugePagesPrefix)))
  yield* validateTotals(hugePages, wanted.limits, 'limits', at)
  for (const [index, { resources }] of (spec.containers ?? []).entries()) {
    for (const [name, limit] of Object.entries(resources?.limits ?? {})) {
      const most = limits[name]
      if (most === undefined || !isMore(limit, most)) continue
      yield invalid(
        at.field('containers').index(index).key(name).field('limits'),
        limit,
        `must be less than or equal to pod limits of ${most}`,
      )
    }
  }
}

function* validateTotals(given: ResourceList, wanted: Amounts, side: 'requests' | 'limits', at: FieldPath): FieldErrors {
  for (const [name, amount] of Object.entries(given)) {
    const total = wanted[name]
    if (total !== undefined && isMore(total, amount))
      yield invalid(at.field(side).key(name), amount, `must be greater than or equal to aggregate container ${side} of ${total}`)
  }
}

function isMore(amount: string, than: string): boolean {
  return tryParseQuantity(amount) !== undefined && tryParseQuantity(than) !== undefined && compareQuantity(amount, than) > 0
}

type NameRule = (name: string, at: FieldPath) => FieldErrors

function* validateAmounts({ limits = {}, requests = {} }: ResourceRequirements, validateName: NameRule, at: FieldPath): FieldErrors {
  for (const [name, amount] of Object.entries(limits)) yield* validateAmount(name, amount, validateName, at.field('limits').key(name))
  for (const [name, amount] of Object.entries(requests)) {
    yield* validateAmount(name, amount, validateName, at.field('requests').key(name))
    yield* validateAgainstLimit(name, amount, limits[name], at)
  }
}

function* validateAmount(name: string, amount: string, validateName: NameRule, at: FieldPath): FieldErrors {
  yield* validateName(name, at)
  const nano = tryParseQuantity(amount)?.nano ?? 0n
  if (nano < 0n) yield invalid(at, amount, notNegativeMessage)
  const isCounted = !isOfContainers(name) && (name.includes('/') || standardResources.has(name))
  if (isCounted && nano % nanosPerUnit !== 0n) yield invalid(at, amount, 'must be an integer')
  if (name.startsWith(hugePagesPrefix) && !isMultiple(nano, name.slice(hugePagesPrefix.length)))
    yield invalid(at, amount, `${amount} is not positive integer multiple of ${name}`)
}

const nanosPerUnit = 1_000_000_000n

function isMultiple(nano: bigint, pageSize: string): boolean {
  const page = tryParseQuantity(pageSize)?.nano ?? 0n
  return page > 0n && nano > 0n && nano % page === 0n
}

/** Of quotas and limits, which have names of their own. */
export function* validateResourceName(name: string, at: FieldPath, isForContainers: boolean): FieldErrors {
  if (isForContainers) yield* validateContainerResourceName(name, at)
  else yield* validateAnyResourceName(name, at)
}

function* validateAnyResourceName(name: string, at: FieldPath): FieldErrors {
  const problems = isQualifiedName(name)
  yield* invalidEach(at, name, problems)
  const isKnown = name.includes('/') || standardResources.has(name) || name.startsWith(hugePagesPrefix)
  if (problems.length === 0 && !isKnown) yield invalid(at, name, 'must be a standard resource type or fully qualified')
}

function* validateContainerResourceName(name: string, at: FieldPath): FieldErrors {
  yield* validateAnyResourceName(name, at)
  if (!name.includes('/')) {
    if (!isOfContainers(name)) yield invalid(at, name, 'must be a standard resource for containers')
  } else if (!name.includes('kubernetes.io/') && !isExtendedName(name)) {
    yield invalid(at, name, "doesn't follow extended resource name standard")
  }
}

/** As upstream: a name that still fits when a quota speaks of it. */
function isExtendedName(name: string): boolean {
  return !name.startsWith('requests.') && isQualifiedName(`requests.${name}`).length === 0
}

function* validatePodResourceName(name: string, at: FieldPath): FieldErrors {
  const problems = [...validateAnyResourceName(name, at)]
  if (problems.length > 0) yield* problems
  else if (!podResources.has(name) && !name.startsWith(hugePagesPrefix)) yield notSupported(at, name, ['cpu', hugePagesPrefix, 'memory'])
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
  const known = [...new Set(resourceClaims.map((claim) => claim.name ?? ''))].sort()
  const seen = new Set<string>()
  for (const [index, { name = '', request = '' }] of claims.entries()) {
    const here = at.index(index)
    if (name === '') {
      yield required(here)
      continue
    }
    const own = request === '' ? name : `${name}/${request}`
    const isTaken = (taken: string) => taken === own || (request === '' && taken.startsWith(`${name}/`))
    if (seen.has(name)) yield duplicate(here, name)
    else if ([...seen].some(isTaken)) yield duplicate(here, own)
    else if (request !== '') yield* invalidEach(here.field('request'), request, isDns1123Label(request))
    seen.add(own)
    if (known.includes(name)) continue
    const list = known.length === 0 ? ' which is empty' : `: ${known.join(', ')}`
    yield notFoundValue(here, name, `must be one of the names in pod.spec.resourceClaims${list}`)
  }
}
