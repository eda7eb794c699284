/**
 * Quantities such as `500m`, `1.5Gi` or `12e3`, exact to a billionth. A quantity travels as text;
 * here it is a number of billionths with the family of suffixes that it was written in.
 */
import type { Quantity } from './types.gen.ts'

export type SuffixFamily = 'decimal' | 'binary' | 'exponent'

export type Amount = { readonly nano: bigint; readonly family: SuffixFamily }

const nanoPerOne = 1_000_000_000n
const nanoPerMilli = 1_000_000n

const shape = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/
/** The shape as upstream tells it, stricter than what it takes. */
const toldShape = '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'
const exponentSuffix = /^[eE]([-+]?[0-9]+)$/

const decimalExponents: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
const decimalSuffixes = new Map(Object.entries(decimalExponents).map(([suffix, exponent]) => [exponent, suffix]))
const binarySuffixes: readonly string[] = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']

/** Why a text is no quantity, in upstream's words. */
class QuantityError extends Error {
  override readonly name = 'QuantityError'
}

/** The same few amounts stand in every pod. Forgotten all at once, before they are many. */
const known = new Map<string, Amount>()
const knownMax = 1000
const knownLengthMax = 32

/** Parses `text`; throws a QuantityError. What is finer than a billionth is rounded away from zero. */
export function parseQuantity(text: Quantity): Amount {
  const before = known.get(text)
  if (before !== undefined) return before
  const amount = parsed(text)
  if (known.size === knownMax) known.clear()
  if (text.length <= knownLengthMax) known.set(text, amount)
  return amount
}

function parsed(text: Quantity): Amount {
  const parts = text === '' ? null : shape.exec(text)
  if (parts === null) throw new QuantityError(`quantities must match the regular expression '${toldShape}'`)
  const [, sign, whole = '', fraction = '', suffix = ''] = parts
  const scale = scaleOf(suffix)
  if (scale === undefined) throw new QuantityError("unable to parse quantity's suffix")
  // As upstream: no digits are a zero, unless they are counted in less than billionths.
  if (whole === '' && fraction === '' && scale.exponent < -9) throw new QuantityError('unable to parse numeric part of quantity')
  const unscaled = BigInt(`${whole}${fraction}`) * scale.factor
  const magnitude = timesTenTo(unscaled, scale.exponent - fraction.length + 9)
  return { nano: sign === '-' ? -magnitude : magnitude, family: scale.family }
}

/** Undefined where `text` is no quantity. */
export function tryParseQuantity(text: Quantity): Amount | undefined {
  try {
    return parseQuantity(text)
  } catch (error) {
    if (error instanceof QuantityError) return undefined
    throw error
  }
}

/** The one text of an amount: the largest suffix that leaves a whole number. */
export function formatQuantity({ nano, family }: Amount): Quantity {
  if (nano === 0n) return '0'
  if (family === 'binary' && isWholeAndLarge(nano)) return formatBinary(nano / nanoPerOne)
  return formatDecimal(nano, family === 'exponent')
}

/** `text` in canonical form: `1000m` is `1`, `1024Ki` is `1Mi`. */
export function canonicalQuantity(text: Quantity): Quantity {
  return formatQuantity(parseQuantity(text))
}

/** Negative, zero or positive, as `a` is less than, equal to or more than `b`. */
export function compareQuantity(a: Quantity, b: Quantity): number {
  const difference = parseQuantity(a).nano - parseQuantity(b).nano
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** The sum, written as the first that is not zero is. */
export function addQuantity(a: Quantity, b: Quantity): Quantity {
  return combine(a, b, 1n)
}

export function subtractQuantity(a: Quantity, b: Quantity): Quantity {
  return combine(a, b, -1n)
}

/** The value as a floating point number. */
export function quantityToNumber(text: Quantity): number {
  const { nano } = parseQuantity(text)
  return nano % nanoPerOne === 0n ? Number(nano / nanoPerOne) : Number(nano) / Number(nanoPerOne)
}

/** Whole units, rounded up: bytes of memory, pieces of a device. */
export function quantityValue(text: Quantity): bigint {
  return dividedUp(parseQuantity(text).nano, nanoPerOne)
}

/** Thousandths, rounded up: millicores. */
export function quantityMilliValue(text: Quantity): bigint {
  return dividedUp(parseQuantity(text).nano, nanoPerMilli)
}

/** `text` with what is finer than a thousandth rounded up, in canonical form. */
export function roundUpToMilli(text: Quantity): Quantity {
  const { nano, family } = parseQuantity(text)
  return formatQuantity({ nano: dividedUp(nano, nanoPerMilli) * nanoPerMilli, family })
}

function combine(a: Quantity, b: Quantity, sign: 1n | -1n): Quantity {
  const left = parseQuantity(a)
  const right = parseQuantity(b)
  return formatQuantity({ nano: left.nano + sign * right.nano, family: left.nano === 0n ? right.family : left.family })
}

type Scale = { readonly factor: bigint; readonly exponent: number; readonly family: SuffixFamily }

function scaleOf(suffix: string): Scale | undefined {
  const decimal = decimalExponents[suffix]
  if (decimal !== undefined) return { factor: 1n, exponent: decimal, family: 'decimal' }
  const binary = binarySuffixes.indexOf(suffix)
  if (binary > 0) return { factor: 1n << BigInt(10 * binary), exponent: 0, family: 'binary' }
  const exponent = exponentSuffix.exec(suffix)?.[1]
  // Wider exponents than these would make numbers of a size that nobody can mean.
  if (exponent === undefined || Math.abs(Number(exponent)) > 1000) return undefined
  return { factor: 1n, exponent: Number(exponent), family: 'exponent' }
}

function timesTenTo(value: bigint, exponent: number): bigint {
  return exponent >= 0 ? value * 10n ** BigInt(exponent) : dividedUp(value, 10n ** BigInt(-exponent))
}

/** Rounds away from zero, as upstream does. */
function dividedUp(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor
  if (value % divisor === 0n) return quotient
  return value < 0n ? quotient - 1n : quotient + 1n
}

/** As upstream: binary suffixes are for whole numbers of at least 1024. */
function isWholeAndLarge(nano: bigint): boolean {
  const limit = 1024n * nanoPerOne
  return nano % nanoPerOne === 0n && (nano >= limit || nano <= -limit)
}

function formatBinary(value: bigint): string {
  let mantissa = value
  let step = 0
  while (step < binarySuffixes.length - 1 && mantissa % 1024n === 0n) {
    mantissa /= 1024n
    step++
  }
  return `${mantissa}${binarySuffixes[step]}`
}

function formatDecimal(nano: bigint, asExponent: boolean): string {
  let mantissa = nano
  let exponent = -9
  while (mantissa % 1000n === 0n && (asExponent || exponent < 18)) {
    mantissa /= 1000n
    exponent += 3
  }
  if (!asExponent) return `${mantissa}${decimalSuffixes.get(exponent) ?? ''}`
  return exponent === 0 ? `${mantissa}` : `${mantissa}e${exponent}`
}
