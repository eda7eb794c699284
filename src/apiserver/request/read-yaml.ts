/** YAML of a request: its value, and what strict reading has against it. */
import { parseYaml, YamlError } from '#base/encoding/yaml'

/** `faults`: keys that are there twice, in upstream's words. */
export type ReadYaml = { readonly value: unknown; readonly faults: readonly string[] }

/** Throws a YamlError. */
export function readYaml(text: string): ReadYaml {
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
