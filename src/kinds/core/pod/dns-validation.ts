/** How a pod finds names (upstream: validateDNSPolicy, validatePodDNSConfig). */
import { type FieldErrors, type FieldPath, invalid, notSupported, required } from '#meta/field-path'
import { isDns1123SubdomainWithUnderscore } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { legacyIpProblems } from '../../ip-address.ts'
import type { PodSpec } from '../types.gen.ts'

const policies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']
const nameserverCountMax = 3
const searchCountMax = 32
const searchLengthMax = 2048

export function* validateDnsPolicy({ dnsPolicy = '' }: PodSpec, at: FieldPath): FieldErrors {
  if (dnsPolicy === '') yield required(at.field('dnsPolicy'))
  else if (!policies.includes(dnsPolicy)) yield notSupported(at.field('dnsPolicy'), dnsPolicy, policies)
}

export function* validateDnsConfig({ dnsPolicy, dnsConfig }: PodSpec, here: FieldPath): FieldErrors {
  if (dnsPolicy === 'None') {
    if (dnsConfig === undefined) return yield required(here, 'must provide `dnsConfig` when `dnsPolicy` is None')
    if ((dnsConfig.nameservers ?? []).length === 0)
      yield required(here.field('nameservers'), 'must provide at least one DNS nameserver when `dnsPolicy` is None')
  }
  if (dnsConfig === undefined) return
  const { nameservers = [], searches = [], options = [] } = dnsConfig
  if (nameservers.length > nameserverCountMax)
    yield invalid(here.field('nameservers'), nameservers, `must not have more than ${nameserverCountMax} nameservers`)
  for (const [index, ip] of nameservers.entries()) yield* invalidEach(here.field('nameservers').index(index), ip, legacyIpProblems(ip))
  yield* validateSearches(searches, here.field('searches'))
  for (const [index, option] of options.entries()) if (!option.name) yield required(here.field('options').index(index), 'must not be empty')
}

function* validateSearches(searches: readonly string[], at: FieldPath): FieldErrors {
  if (searches.length > searchCountMax) yield invalid(at, searches, `must not have more than ${searchCountMax} search paths`)
  if (searches.join(' ').length > searchLengthMax) {
    yield invalid(at, searches, `must not have more than ${searchLengthMax} characters (including spaces) in the search list`)
  }
  for (const [index, search] of searches.entries()) {
    const bare = search.endsWith('.') ? search.slice(0, -1) : search
    if (search !== '.') yield* invalidEach(at.index(index), search, isDns1123SubdomainWithUnderscore(bare))
  }
}
