/** Frames of a watch: made once, shared by all watchers, as one line of JSON or as an object. */
import { goJson } from '#base/encoding/go-json'
import type { WatchFrame, WatchType } from '#client/transport'
import type { Kind } from '#meta/kind'
import { deepFreeze } from '#meta/object'
import type { StatusError } from '#meta/status'
import type { SharedFrame } from '../exchange.ts'
import type { ObjectEntry } from './cache-entry.ts'

const encoder = new TextEncoder()
const lineEnd = encoder.encode('}\n')

/** A frame that shows an entry. Both forms are made at first use. */
export class ObjectFrame implements SharedFrame {
  readonly type: WatchType
  readonly entry: ObjectEntry
  #bytes: Uint8Array | undefined
  #frame: WatchFrame | undefined

  constructor(type: WatchType, entry: ObjectEntry) {
    this.type = type
    this.entry = entry
  }

  get bytes(): Uint8Array {
    return (this.#bytes ??= entryLine(this.type, this.entry))
  }

  get frame(): WatchFrame {
    return (this.#frame ??= Object.freeze({ type: this.type, object: this.entry.object() }))
  }
}

/** A frame of any value. */
export class ValueFrame implements SharedFrame {
  readonly frame: WatchFrame
  #bytes: Uint8Array | undefined

  constructor(type: WatchType, object: unknown) {
    this.frame = Object.freeze({ type, object: deepFreeze(object) })
  }

  get bytes(): Uint8Array {
    return (this.#bytes ??= lineOf(this.frame.type, encoder.encode(goJson(this.frame.object))))
  }
}

/** Everything up to `revision` has been sent; `endsInitialEvents` marks the end of the state that a watch began with. */
export function bookmarkFrame(kind: Kind, revision: number, endsInitialEvents = false): SharedFrame {
  const annotations = endsInitialEvents ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}
  const metadata = { resourceVersion: String(revision), ...annotations }
  return new ValueFrame('BOOKMARK', { kind: kind.kind, apiVersion: kind.apiVersion, metadata, ...emptyParts(kind) })
}

export function errorFrame(error: StatusError): SharedFrame {
  return new ValueFrame('ERROR', error.body())
}

/** As upstream, whose bookmarks are empty objects: parts that are always written are there. */
function emptyParts(kind: Kind): Readonly<Record<string, unknown>> {
  const { always = [], properties = {} } = kind.schema
  const structs = always.filter(
    (field) => field !== 'metadata' && properties[field]?.type === 'object' && properties[field]?.properties !== undefined,
  )
  return Object.fromEntries(structs.map((field) => [field, {}]))
}

function entryLine(type: WatchType, entry: ObjectEntry): Uint8Array {
  const head = headOf(type)
  const line = new Uint8Array(head.length + entry.length() + lineEnd.length)
  line.set(head)
  line.set(lineEnd, entry.writeTo({ target: line, at: head.length, from: 0 }))
  return line
}

function lineOf(type: WatchType, object: Uint8Array): Uint8Array {
  const head = headOf(type)
  const line = new Uint8Array(head.length + object.length + lineEnd.length)
  line.set(head)
  line.set(object, head.length)
  line.set(lineEnd, head.length + object.length)
  return line
}

function headOf(type: WatchType): Uint8Array {
  return encoder.encode(`{"type":"${type}","object":`)
}
