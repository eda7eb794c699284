/** YAML of a request: its value, and what strict reading has against it. */
import { goJson } from '#base/encoding/go-json'
import { parseYaml, YamlError } from '#base/encoding/yaml'
import { parseJson } from '#meta/schema/json'
import { JsonError } from '#meta/schema/json-scanner'

/** `faults`: keys that are there twice, in upstream's words. */
export type ReadYaml = { readonly value: unknown; readonly faults: readonly string[] }

/** Throws a YamlError. */
export function readYaml(text: string): ReadYaml {
  // Most clients send JSON, which is YAML too and reads much faster.
  const json = text.startsWith('{') ? plainJson(text) : undefined
  return json ?? readBlocks(text)
}

/** Undefined for what is no JSON, or has a key twice. */
function plainJson(text: string): ReadYaml | undefined {
  try {
    const { value } = parseJson(text)
    // What is the same when it is written again has no key twice; else it has to be looked for.
    const isSame = goJson(value) === text.trimEnd()
    return isSame || parseJson(text, { findDuplicates: true }).duplicates.length === 0 ? { value, faults: [] } : undefined
  } catch (error) {
    if (error instanceof JsonError) return undefined
    throw error
  }
}

function readBlocks(text: string): ReadYaml {
  try {
    return { value: parseYaml(text), faults: [] }
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    return { value: parseYaml(text, { allowsDuplicates: true }), faults: [duplicateText(text, error)] }
  }
}

/** `line 5: key "name" already set in map`, where the line begins with the key. */
function duplicateText(text: string, { line, message }: YamlError): string {
  const source = text.split('\n')[(line ?? 0) - 1] ?? ''
  const key = /^\s*(?:- +)*(["']?)([^"'{}[\]:]+)\1\s*:/.exec(source)?.[2]
  return key === undefined ? message : `line ${line}: key ${JSON.stringify(key)} already set in map`
}
