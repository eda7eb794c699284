/** IP addresses and ranges as text: parsing, families and the ranges that upstream refuses. */

/** Four bytes or sixteen. */
export type IpAddress = readonly number[]

export type IpFamily = 'IPv4' | 'IPv6'

export type Cidr = { readonly address: IpAddress; readonly bits: number }

/** Undefined where `text` is no address; an IPv4 part with a leading zero is none. */
export function parseIp(text: string): IpAddress | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text)
}

function parseCidr(text: string): Cidr | undefined {
  const [addressText = '', bitsText = '', ...rest] = text.split('/')
  const address = parseIp(addressText)
  if (address === undefined || rest.length > 0 || !/^(0|[1-9][0-9]{0,2})$/.test(bitsText)) return undefined
  // A mapped IPv4 address counts its bits as IPv6.
  const bits = Number(bitsText) - (addressText.includes(':') ? 128 - address.length * 8 : 0)
  return bits <= address.length * 8 ? { address, bits } : undefined
}

/** An IPv4 address that is mapped into IPv6 counts as IPv4. */
export function ipFamilyOf(text: string): IpFamily | undefined {
  const address = parseIp(text)
  if (address === undefined) return undefined
  return address.length === 4 ? 'IPv4' : 'IPv6'
}

export function cidrFamilyOf(text: string): IpFamily | undefined {
  const cidr = parseCidr(text)
  if (cidr === undefined) return undefined
  return cidr.address.length === 4 ? 'IPv4' : 'IPv6'
}

/** The one text that stands for an address: IPv6 as RFC 5952 writes it. */
export function canonicalIp(address: IpAddress): string {
  if (address.length === 4) return address.join('.')
  const groups = Array.from({ length: 8 }, (_, index) => ((address[2 * index] ?? 0) << 8) | (address[2 * index + 1] ?? 0))
  const zeros = longestZeros(groups)
  const text = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':')
  return zeros.length < 2 ? text(0, 8) : `${text(0, zeros.start)}::${text(zeros.start + zeros.length, 8)}`
}

/** The first of the longest runs of zeros. */
function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let longest = { start: 0, length: 0 }
  for (let start = 0; start < groups.length; start++) {
    let length = 0
    while (groups[start + length] === 0) length++
    if (length > longest.length) longest = { start, length }
  }
  return longest
}

export const ipMessage = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'
export const cidrMessage = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'

/** Why an address is refused where upstream has long taken others; empty where it is good (upstream: IsValidIPForLegacyField). */
export function legacyIpProblems(text: string): readonly string[] {
  if (parseIp(text) === undefined) return [parseIp(withoutLeadingZeros(text)) === undefined ? ipMessage : 'must not have leading 0s']
  return text.includes(':') && ipFamilyOf(text) === 'IPv4' ? ['must not be an IPv4-mapped IPv6 address'] : []
}

/** Why an address with the length of its network is refused; empty where it is good (upstream: IsValidInterfaceAddress). */
export function interfaceAddressProblems(text: string): readonly string[] {
  const cidr = parseCidr(withoutLeadingZeros(text))
  if (cidr === undefined) return ['must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)']
  const canonical = `${canonicalIp(cidr.address)}/${cidr.bits}`
  return canonical === text ? [] : [`must be in canonical form (${JSON.stringify(canonical)})`]
}

/** Why an address is refused that has to be written in its one form; empty where it is good (upstream: IsValidIP). */
export function strictIpProblems(text: string): readonly string[] {
  const problems = legacyIpProblems(text)
  const address = parseIp(text)
  if (problems.length > 0 || address === undefined) return problems
  const canonical = canonicalIp(address)
  return canonical === text ? [] : [`must be in canonical form (${JSON.stringify(canonical)})`]
}

/** Why a range is refused; empty where it is good (upstream: IsValidCIDRForLegacyField). */
export function cidrProblems(text: string): readonly string[] {
  const cidr = parseCidr(text)
  if (cidr === undefined)
    return [parseCidr(withoutLeadingZeros(text)) === undefined ? cidrMessage : 'must not have leading 0s in IP or prefix length']
  if (text.includes(':') && cidr.address.length === 4) return ['must not have an IPv4-mapped IPv6 address']
  return sameBytes(masked(cidr), cidr.address) ? [] : ['must not have bits set beyond the prefix length']
}

/** Why a range is refused that has to be written in its one form; empty where it is good. */
export function strictCidrProblems(text: string): readonly string[] {
  const problems = cidrProblems(text)
  const [address = '', bits = ''] = text.split('/')
  const parsed = parseIp(address)
  if (problems.length > 0 || parsed === undefined) return problems
  const canonical = `${canonicalIp(parsed)}/${bits}`
  return canonical === text ? [] : [`must be in canonical form (${JSON.stringify(canonical)})`]
}

/** Whether all of `inner` lies in `outer`, which is larger. */
export function isStrictSubnet(inner: string, outer: string): boolean {
  const [small, large] = [parseCidr(inner), parseCidr(outer)]
  if (small === undefined || large === undefined || small.address.length !== large.address.length) return false
  return small.bits > large.bits && sameBytes(masked({ address: small.address, bits: large.bits }), masked(large))
}

/** Whether all of `inner`, a range or an address, lies in `outer`. */
export function isWithin(inner: string, outer: string): boolean {
  const large = parseCidr(outer)
  const address = parseIp(inner)
  const small = address === undefined ? parseCidr(inner) : { address, bits: address.length * 8 }
  if (small === undefined || large === undefined || small.address.length !== large.address.length || small.bits < large.bits) return false
  return sameBytes(masked({ address: small.address, bits: large.bits }), masked(large))
}

/** The address with the bits beyond the prefix cleared. */
function masked({ address, bits }: Cidr): IpAddress {
  return address.map((byte, index) => byte & (0xff00 >> Math.min(8, Math.max(0, bits - index * 8))) & 0xff)
}

function sameBytes(a: IpAddress, b: IpAddress): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}

function withoutLeadingZeros(cidr: string): string {
  return cidr.replace(/(^|[./])0+(?=[0-9])/g, '$1')
}

/** Why an address is no good for an endpoint or an external address; empty where it is. */
export function specialIpProblems(text: string): readonly string[] {
  const address = parseIp(text)
  if (address === undefined) return [ipMessage]
  const isV4 = address.length === 4
  const [first = 0, second = 0, third = 0] = address
  const isAllZero = address.slice(0, -1).every((byte) => byte === 0)
  const last = address[address.length - 1] ?? 0
  if (isAllZero && last === 0) return [`may not be unspecified (${isV4 ? '0.0.0.0' : '::'})`]
  if (isV4 ? first === 127 : isAllZero && last === 1) return ['may not be in the loopback range (127.0.0.0/8, ::1/128)']
  if (isV4 ? first === 169 && second === 254 : first === 0xfe && (second & 0xc0) === 0x80) {
    return ['may not be in the link-local range (169.254.0.0/16, fe80::/10)']
  }
  if (isV4 ? first === 224 && second === 0 && third === 0 : first === 0xff && (second & 0x0f) === 2) {
    return ['may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)']
  }
  return []
}

function parseIpv4(text: string): IpAddress | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part))) return undefined
  const bytes = parts.map(Number)
  return bytes.every((byte) => byte <= 255) ? bytes : undefined
}

function parseIpv6(text: string): IpAddress | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map(groupsOf)
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined
  const missing = 16 - head.length - (tail?.length ?? 0)
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined
  const bytes = [...head, ...Array.from({ length: missing }, () => 0), ...(tail ?? [])]
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff
  return isMapped ? bytes.slice(12) : bytes
}

/** The bytes of groups between colons; the last group may be an IPv4 address. */
function groupsOf(text: string): readonly number[] | undefined {
  if (text === '') return []
  const bytes: number[] = []
  const groups = text.split(':')
  for (const [index, group] of groups.entries()) {
    const v4 = index === groups.length - 1 && group.includes('.') ? parseIpv4(group) : undefined
    if (v4 !== undefined) bytes.push(...v4)
    else if (/^[0-9a-fA-F]{1,4}$/.test(group)) bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff)
    else return undefined
  }
  return bytes
}
