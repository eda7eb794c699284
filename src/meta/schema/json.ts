/**
 * Reads JSON bodies as upstream's API server does: depth is limited, integers beyond 2^53 stay exact, and duplicate
 * keys are reported where a client asked for it. The usual body takes the engine's own parser and nothing else.
 */
import { duplicateKeys, JsonError, jsonDepthMax } from './json-scanner.ts'

export type ParsedJson = { readonly value: unknown; readonly duplicates: readonly string[] }

/** Throws a JsonError with upstream's words. Without `findDuplicates` the last of two equal keys wins in silence. */
export function parseJson(text: string, options: { readonly findDuplicates?: boolean } = {}): ParsedJson {
  const mustScan = options.findDuplicates === true || mayBeTooDeep(text)
  const duplicates = mustScan ? duplicateKeys(text) : []
  return { value: parse(text), duplicates: options.findDuplicates === true ? duplicates : [] }
}

function parse(text: string): unknown {
  try {
    return hasLongNumber.test(text) ? JSON.parse(text, keepExact) : JSON.parse(text)
  } catch (error) {
    duplicateKeys(text)
    throw new JsonError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

const hasLongNumber = /[0-9]{16}/

/** A number whose digits a double cannot hold becomes raw JSON, which `JSON.stringify` writes as it came. */
function keepExact(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source
  if (typeof value !== 'number' || source === undefined || Number.isSafeInteger(value) || !/^-?[0-9]+$/.test(source)) return value
  return rawJson.rawJSON(source)
}

/** Whether the value is an integer that was kept as its digits. */
export function isExactInteger(value: unknown): boolean {
  return rawJson.isRawJSON(value)
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
