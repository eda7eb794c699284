/** Answers that all verbs give: one object, or the Status of a success. */
import { goJsonLine } from '#base/encoding/go-json'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import type { ObjectEntry } from '../cache/cache-entry.ts'
import type { Answer } from '../exchange.ts'

/** An object as the cache holds it. Throws UnreadableObject. */
export function entryAnswer(entry: ObjectEntry, status = 200): Answer {
  // Made now, while the answer can still be another one.
  entry.check()
  return { status, body: { kind: 'object', bytes: () => entry.bytes(), object: () => entry.object(), entry } }
}

/** Any value; encoded when it is sent. */
export function valueAnswer(value: unknown, status = 200): Answer {
  return { status, body: { kind: 'object', bytes: () => goJsonLine(value), object: () => value } }
}

/** What a delete answers when the object is gone. */
export function deletedAnswer(kind: Kind, object: KubeObject): Answer {
  const { name = '', uid } = object.metadata
  const details = { name, ...(kind.group === '' ? {} : { group: kind.group }), kind: kind.plural, ...(uid === undefined ? {} : { uid }) }
  return valueAnswer({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details })
}
