/** IP addresses and ranges as text: as much as the proxy has to know of them. */

export type IpFamily = 'IPv4' | 'IPv6'

/** Of an address or of a range in CIDR notation. */
export function familyOf(address: string): IpFamily {
  return address.includes(':') ? 'IPv6' : 'IPv4'
}

/** Without the leading zeroes that old objects may carry in IPv4 addresses: other programs would read them as octal. */
export function bareAddress(address: string): string {
  const trimmed = address.trim()
  if (trimmed === '' || trimmed.includes(':')) return trimmed.toLowerCase()
  return trimmed
    .split('.')
    .map((part) => String(Number(part)))
    .join('.')
}
