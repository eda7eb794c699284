/** A block of addresses in CIDR notation, IPv4 or IPv6. Pure. */
import { isIP } from 'node:net'

export type IpFamily = 'IPv4' | 'IPv6'

export type IpRange = {
  /** In canonical form: `10.96.0.0/12`. */
  readonly cidr: string
  readonly family: IpFamily
  readonly first: bigint
  readonly size: bigint
}

/** Throws an Error when the text is no range. */
export function parseIpRange(text: string): IpRange {
  const [address = '', prefixText = ''] = text.split('/')
  const family = familyOf(address)
  const prefixLength = Number(prefixText)
  const bits = family === 'IPv4' ? 32 : 128
  if (family === undefined || !/^\d+$/.test(prefixText) || prefixLength > bits) throw new Error(`${JSON.stringify(text)} is no valid CIDR`)
  const hostBits = BigInt(bits - prefixLength)
  const first = (numberOf(address) >> hostBits) << hostBits
  return { cidr: `${textOf(first, family)}/${prefixLength}`, family, first, size: 1n << hostBits }
}

export function familyOf(address: string): IpFamily | undefined {
  const version = isIP(address)
  return version === 4 ? 'IPv4' : version === 6 ? 'IPv6' : undefined
}

/** The one text that stands for an address; what is no address stays as it is. */
export function canonicalAddress(address: string): string {
  const family = familyOf(address)
  return family === undefined ? address : textOf(numberOf(address), family)
}

/** Whether somebody may have the address: the network's own address and, in IPv4, its broadcast address are nobody's. */
export function isUsableIn(range: IpRange, address: string): boolean {
  const offset = offsetIn(range, address)
  return offset !== undefined && offset > 0n && offset <= usableCount(range)
}

/** How many addresses somebody may have; they begin at offset 1. */
export function usableCount({ family, size }: IpRange): bigint {
  const count = family === 'IPv4' ? size - 2n : size - 1n
  return count > 0n ? count : 0n
}

export function addressAt(range: IpRange, offset: bigint): string {
  return textOf(range.first + offset, range.family)
}

function offsetIn(range: IpRange, address: string): bigint | undefined {
  if (familyOf(address) !== range.family) return undefined
  const offset = numberOf(address) - range.first
  return offset >= 0n && offset < range.size ? offset : undefined
}

function numberOf(address: string): bigint {
  if (familyOf(address) === 'IPv4') return address.split('.').reduce((number, octet) => number * 256n + BigInt(octet), 0n)
  return groupsOf(address).reduce((number, group) => number * 65536n + BigInt(group), 0n)
}

/** The eight groups of an IPv6 address, with `::` and an embedded IPv4 address resolved. */
function groupsOf(address: string): readonly number[] {
  const [plain = ''] = address.split('%')
  const [head = '', tail] = plain.split('::')
  const before = partsOf(head)
  if (tail === undefined) return before
  const after = partsOf(tail)
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after]
}

function partsOf(text: string): readonly number[] {
  return text.split(':').flatMap((part) => {
    if (part === '') return []
    if (!part.includes('.')) return [Number.parseInt(part, 16)]
    const embedded = Number(numberOf(part))
    return [Math.floor(embedded / 65536), embedded % 65536]
  })
}

function textOf(number: bigint, family: IpFamily): string {
  if (family === 'IPv4') return [24n, 16n, 8n, 0n].map((shift) => `${(number >> shift) & 255n}`).join('.')
  const groups = Array.from({ length: 8 }, (_, index) => Number((number >> BigInt(112 - 16 * index)) & 65535n))
  return withLongestRunShortened(groups)
}

/** RFC 5952: the longest run of two or more zero groups becomes `::`. */
function withLongestRunShortened(groups: readonly number[]): string {
  let bestStart = 0
  let bestLength = 0
  for (let start = 0; start < groups.length; start++) {
    let length = 0
    while (groups[start + length] === 0) length++
    if (length > bestLength) [bestStart, bestLength] = [start, length]
  }
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':')
  if (bestLength < 2) return hex(groups)
  return `${hex(groups.slice(0, bestStart))}::${hex(groups.slice(bestStart + bestLength))}`
}
