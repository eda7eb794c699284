/** One cluster address for each family of a service: the given ones where they can be had. */
import type { Random } from '#base/env/random'
import { IPAddress, validateParentRef } from '#kinds/networking/ip-address.kind'
import { FieldPath } from '#meta/field-path'
import { internalError, invalidObject } from '#meta/status'
import { addressObject } from './address-object.ts'
import type { AddressSupply, AllocationTurn, ServiceSpec } from './allocation-turn.ts'
import { needsClusterIp } from './carried-over.ts'
import { isHeadless } from './ip-families.ts'
import { addressAt, canonicalAddress, familyOf, type IpFamily, type IpRange, isUsableIn, usableCount } from './ip-range.ts'

type Allocation = { readonly supply: AddressSupply; readonly random: Random; readonly turn: AllocationTurn }

const clusterIPs = FieldPath.of('spec', 'clusterIPs')

/** Throws 422 for an address that cannot be had, 500 where none is left. */
export function withAddresses(allocation: Allocation, spec: ServiceSpec, old: ServiceSpec): ServiceSpec {
  if (!needsClusterIp(spec) || isHeadless(spec)) return spec
  const given = spec.clusterIPs ?? []
  // A family named twice is validation's to refuse.
  const families = [...new Set(spec.ipFamilies)]
  const asked = families.map((_, index) => given[index] ?? '')
  const had = new Set((old.type === 'ExternalName' ? [] : (old.clusterIPs ?? [])).map(canonicalAddress))
  const chosen = families.map((family, index) => {
    const address = asked[index] ?? ''
    if (address !== '' && (familyOf(address) === undefined || had.has(canonicalAddress(address)))) return address
    if (family !== 'IPv4' && family !== 'IPv6') return address
    return address === '' ? anyAddress(allocation, family, asked) : claimedAddress(allocation, address, asked)
  })
  const all = [...chosen, ...given.slice(chosen.length)]
  return all.length === 0 ? spec : { ...spec, clusterIP: spec.clusterIP || all[0], clusterIPs: all }
}

function claimedAddress({ supply: { ranges, book }, turn }: Allocation, address: string, asked: readonly string[]): string {
  const fault = (why: string) => turn.refusal(clusterIPs, asked, `failed to allocate IP ${address}: ${why}`)
  if (turn.isDryRun) {
    // As upstream: a dry run looks neither at who has the address nor at further ranges.
    const range = ranges.configured.find(({ family }) => family === familyOf(address))
    if (range === undefined || isUsableIn(range, address)) return address
    throw fault(`the provided IP (${address}) is not in the valid range. The range of valid IPs is ${range.cidr}`)
  }
  const canonical = canonicalAddress(address)
  if (!ranges.hasReady(address)) throw fault('the provided network does not match the current range')
  const problem = objectProblem(turn, canonical)
  if (problem !== undefined) throw fault(problem)
  if (!book.claim(canonical)) throw fault('provided IP is already allocated')
  turn.keepAddress(book, canonical)
  return address
}

function anyAddress({ supply: { ranges, book }, random, turn }: Allocation, family: IpFamily, asked: readonly string[]): string {
  if (turn.isDryRun) {
    const range = ranges.configuredOf(family)
    return range === undefined ? '' : addressAt(range, 0n)
  }
  for (const range of shuffled(ranges.readyOf(family), random)) {
    const address = claimedAny(range, (candidate) => book.claim(candidate), random)
    if (address === undefined) continue
    turn.keepAddress(book, address)
    const problem = objectProblem(turn, address)
    if (problem !== undefined) throw turn.refusal(clusterIPs, asked, `failed to allocate IP: ${problem}`)
    return address
  }
  throw internalError(`failed to allocate a serviceIP for Service ${JSON.stringify(turn.service.metadata.name ?? '')}: range is full`)
}

/** Why there can be no IPAddress that refers to the service: its name is looked at here first. */
function objectProblem({ service }: AllocationTurn, address: string): string | undefined {
  const errors = [...validateParentRef(addressObject(address, service))]
  return errors.length === 0 ? undefined : invalidObject(IPAddress, address, errors).message
}

/** A free address by chance; from the lower part of the range, which is left to those who choose, only when all others are taken. */
function claimedAny(range: IpRange, claim: (address: string) => boolean, random: Random): string | undefined {
  const count = usableCount(range)
  const band = bandSize(range.size)
  return claimedBetween(range, { from: band, to: count }, claim, random) ?? claimedBetween(range, { from: 0n, to: band }, claim, random)
}

type Span = { readonly from: bigint; readonly to: bigint }

/** The first free one at or behind a place chosen by chance, going round. */
function claimedBetween(range: IpRange, { from, to }: Span, claim: (address: string) => boolean, random: Random): string | undefined {
  const count = to - from
  if (count <= 0n) return undefined
  const start = BigInt(Math.floor(random.float() * Number(count < spreadMax ? count : spreadMax)))
  for (let step = 0n; step < count; step++) {
    const address = addressAt(range, 1n + from + ((start + step) % count))
    if (claim(address)) return address
  }
  return undefined
}

/** Where a chance begins in a range that is larger than whole numbers are exact. */
const spreadMax = 1n << 48n

/** As upstream: one in sixteen, at least 16 and at most 256 addresses. */
function bandSize(size: bigint): bigint {
  if (size <= 16n) return 0n
  const part = size / 16n
  return part < 16n ? 16n : part > 256n ? 256n : part
}

function shuffled<T>(values: readonly T[], random: Random): readonly T[] {
  return values
    .map((value) => ({ value, at: random.float() }))
    .sort((one, other) => one.at - other.at)
    .map(({ value }) => value)
}
