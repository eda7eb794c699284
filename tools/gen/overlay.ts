/**
 * Reads `overlay/*.txt`: the facts about API types that the client package lacks.
 *
 *   package io.k8s.api.core.v1
 *   group core/v1                      (or `folder meta` for what belongs to no group)
 *
 *   PodSpec                            a definition; `root` marks what can stand alone as an object
 *     volumes listType=map listKeys=name patchStrategy=merge,retainKeys patchMergeKey=name
 *
 * Fields stand in the order in which they are written. `always`: written even when empty; `writesNull`: written as null then; `keepsZero`: the zero value differs
 * from absence; `byValue`: held by value though JSON omits it; `quantity`: a string or number of units; `raw`, `json=DEFINITION`: any value;
 * `zero`: documents tell that the zero value is the default, though it is left out like any other;
 * `enum=A,B`: the values that documents name, percent-encoded; `union=FIELD` and `member`: of the members only the one that FIELD names is set;
 * `ref`: the definition, where the client package has none because it is empty.
 */
import { readdirSync, readFileSync } from 'node:fs'

export type Facts = { readonly [fact: string]: string }
export type OverlayField = { readonly name: string; readonly facts: Facts }
export type OverlayDefinition = { readonly name: string; readonly facts: Facts; readonly fields: readonly OverlayField[] }
export type OverlayPackage = {
  readonly name: string
  /** '' for the core group, undefined for what belongs to no group. */
  readonly group: string | undefined
  readonly version: string
  readonly definitions: readonly OverlayDefinition[]
}

export function readOverlay(folder: URL): readonly OverlayPackage[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.txt'))
    .sort()
  return files.map((file) => parseOverlay(readFileSync(new URL(file, folder), 'utf8')))
}

export function parseOverlay(text: string): OverlayPackage {
  const [head = '', ...blocks] = text.trimEnd().split('\n\n')
  const header = Object.fromEntries(head.split('\n').map((line) => line.split(' ')))
  const [group, version = 'v1'] = header.group?.split('/') ?? []
  return { name: header.package, group: group === 'core' ? '' : group, version, definitions: blocks.map(parseDefinition) }
}

function parseDefinition(block: string): OverlayDefinition {
  const [first = '', ...fields] = block.split('\n').map((line) => parseLine(line.trim()))
  if (first === '') throw new Error(`empty definition in overlay: ${block}`)
  return { ...first, fields }
}

function parseLine(line: string): OverlayField {
  const [name = '', ...facts] = line.split(' ')
  return { name, facts: Object.fromEntries(facts.map((fact) => splitOnce(fact, '='))) }
}

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}
