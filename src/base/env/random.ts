/** Chance as a dependency, so that a run can be repeated from its seed. */
export interface Random {
  /** A version 4 UUID. */
  uuid(): string
  /** A number in [0, 1). */
  float(): number
  /** `length` random bytes, fit for secrets only when it is the system's source. */
  bytes(length: number): Uint8Array<ArrayBuffer>
}

/** The machine's source of chance. */
export const systemRandom: Random = {
  uuid: () => crypto.randomUUID(),
  float: () => Math.random(),
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
}

/** A repeatable source (mulberry32): never for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const float = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const bytes = (length: number) => Uint8Array.from({ length }, () => Math.floor(float() * 256))
  return { float, bytes, uuid: () => uuidOf(bytes(16)) }
}

function uuidOf(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}

/** Kubernetes' alphabet for generated names: no vowels and no look-alikes, so that no word appears. */
const nameAlphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** The suffix that `generateName` and pod names get: five characters unless told otherwise. */
export function randomSuffix(random: Random, length = 5): string {
  return Array.from({ length }, () => nameAlphabet[Math.floor(random.float() * nameAlphabet.length)]).join('')
}
