/** The JSON of a patched document, as upstream's messages show it. */

import { sortedKeys } from '#base/collections/sorted-keys'
import { goJson, goKeys } from '#base/encoding/go-json'
import { isJsonObject } from '../schema/go-type.ts'

/** The objects of a document that a patch looked into. As upstream: their keys come out sorted, those of all others as they were. */
export type Opened = Pick<WeakSet<object>, 'has' | 'add'>

export function patchedText(value: unknown, opened: Opened): string {
  if (Array.isArray(value)) return `[${value.map((item) => patchedText(item, opened)).join(',')}]`
  if (!isJsonObject(value)) return goJson(value)
  const keys = (opened.has(value) ? sortedKeys(value) : goKeys(value)).filter((key) => value[key] !== undefined)
  return `{${keys.map((key) => `${goJson(key)}:${patchedText(value[key], opened)}`).join(',')}}`
}
