/** FNV-1a, the hash that Kubernetes uses for names; and its spelling without vowels and look-alikes. */

export function fnv32a(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash
}

const safeCharacters = 'bcdfghjklmnpqrstvwxz2456789'

/** As upstream's SafeEncodeString: the digits of the hash in characters that spell no word. */
export function safeEncoded(hash: number): string {
  return Array.from(String(hash), (digit) => safeCharacters[digit.charCodeAt(0) % safeCharacters.length]).join('')
}
