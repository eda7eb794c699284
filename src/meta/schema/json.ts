/**
 * Reads JSON bodies as upstream's API server does: depth is limited, integers beyond 2^53 stay exact, and duplicate
 * keys are reported where a client asked for it. The usual body takes the engine's own parser and nothing else.
 */
import { duplicateKeys, JsonError, jsonDepthMax, type Member, membersOf } from './json-scanner.ts'

/** `members` are told only where there are duplicates. */
export type ParsedJson = { readonly value: unknown; readonly duplicates: readonly string[]; readonly members?: readonly Member[] }

/** Throws a JsonError with upstream's words. Without `findDuplicates` the last of two equal keys wins in silence. */
export function parseJson(text: string, options: { readonly findDuplicates?: boolean } = {}): ParsedJson {
  const mustScan = options.findDuplicates === true || mayBeTooDeep(text)
  const duplicates = mustScan ? duplicateKeys(text) : []
  const value = parse(text)
  if (options.findDuplicates !== true || duplicates.length === 0) return { value, duplicates: [] }
  return { value, duplicates, members: membersOf(text) }
}

function parse(text: string): unknown {
  try {
    return parseExact(text)
  } catch (error) {
    duplicateKeys(text)
    throw new JsonError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/** Text that is JSON for sure, with numbers that a double does not tell whole kept as they are. */
export function parseExact(text: string): unknown {
  return hasSpecialNumber.test(text) ? JSON.parse(text, keepExact) : JSON.parse(text)
}

/** Numbers whose text tells more than a double does: long ones, and whole ones that were not written as such (`1.0`, `1e3`). */
const hasSpecialNumber = /[0-9]{16}|(?:":|[[,])\s*-?[0-9]+[.eE]/

/** A number that a double does not tell whole becomes raw JSON, which `JSON.stringify` writes as it came. */
function keepExact(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source
  if (typeof value !== 'number' || source === undefined) return value
  const isPlain = /^-?[0-9]+$/.test(source) ? Number.isSafeInteger(value) : Number.isFinite(value) && !Number.isInteger(value)
  return isPlain ? value : rawJson.rawJSON(source)
}

/** Whether the value is a number that was kept as its text. */
export function isExactNumber(value: unknown): boolean {
  return rawJson.isRawJSON(value)
}

/** The value as a number that compares: integers beyond 2^53 are kept by their digits, which compare to nothing. */
export function sizeOf(value: number): number {
  return typeof value === 'number' ? value : Number(JSON.stringify(value))
}

/** Whether a number is written as an integer, and fits into 64 bits. */
export function isInt64(text: string): boolean {
  return /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)
}

/** The compiler's library does not know these two yet. */
const rawJson = JSON as unknown as { rawJSON(text: string): unknown; isRawJSON(value: unknown): boolean }

/** Cheap for all bodies but large ones: depth needs as many opening brackets. */
function mayBeTooDeep(text: string): boolean {
  if (text.length <= 2 * jsonDepthMax) return false
  let openings = 0
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) if (++openings > jsonDepthMax) return true
  }
  return false
}
