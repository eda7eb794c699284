/** Turns an answer into the form that the client accepts: table or metadata, YAML, indented. Plain JSON passes untouched; protobuf is made of what comes out. */

import { goJsonLine, indented } from '#base/encoding/go-json'
import { formatYaml } from '#base/encoding/yaml'
import type { Clock } from '#base/env/clock'
import type { WatchFrame } from '#client/transport'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { decode } from '#meta/schema/decode'
import type { Describe } from '#meta/schema/openapi'
import { notAcceptable } from '#meta/status'
import { ValueFrame } from '../cache/watch-frame.ts'
import type { Answer, Body, Exchange, SharedFrame, WatchBody } from '../exchange.ts'
import { type OutputForm, plainForm } from '../request/negotiate.ts'
import { convertedWatch } from './converted-watch.ts'
import { includedObjectOf, partialOf, type TableRequest, tableOf } from './table.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** What tables need besides the objects: their kind, the time, and texts for the columns. */
export type Shown = { readonly kind: Kind; readonly clock: Clock; readonly describe: Describe }

/** `shown` is absent for answers that are of no kind: discovery, reviews. */
export function present(answer: Answer, form: OutputForm, exchange: Exchange, shown?: Shown): Answer {
  if (form === plainForm) return answer
  const shaped = shown === undefined || form.shape === 'object' ? answer.body : shapedBody(answer.body, form, exchange, shown)
  return { ...answer, body: formattedBody(shaped, form) }
}

function shapedBody(body: Body, form: OutputForm, exchange: Exchange, { kind, clock, describe }: Shown): Body {
  const { shapeVersion: version } = form
  const shape = { kind, version, include: includedObjectOf(exchange.request.query), nowMs: clock.nowMs(), describe }
  switch (body.kind) {
    case 'object': {
      const object = body.object() as KubeObject
      // A Status stays what it is.
      if (object.kind === 'Status') return body
      checkSort(form, kind, isList(object))
      return valueBody(isList(object) ? shapedList(object, form, shape) : shapedObject(object, form, shape))
    }
    case 'list':
      checkSort(form, kind, true)
      return valueBody(shapedList(body.object() as ListObject, form, shape))
    case 'watch':
      // As upstream, which finds at the first event that an object is no list.
      if (form.shape === 'PartialObjectMetadataList') return { kind: 'watch', watch: { run: async () => {} } }
      return {
        kind: 'watch',
        watch: shapedWatch(body.watch, (frame, isFirst) => shapedFrame(frame, form, { ...shape, nowMs: clock.nowMs() }, isFirst)),
      }
    default:
      return body
  }
}

/** Throws 406 where the metadata of a list is asked for and there is one object, or the other way round. */
function checkSort({ shape }: OutputForm, { group, kind, listKind }: Kind, isOfList: boolean): void {
  const type = `*${group === '' ? 'core' : group.split('.')[0]}.${isOfList ? listKind : kind}`
  if (shape === 'PartialObjectMetadata' && isOfList)
    throw notAcceptable(`you requested PartialObjectMetadata, but the requested object is a list (${type})`)
  if (shape === 'PartialObjectMetadataList' && !isOfList)
    throw notAcceptable(`you requested PartialObjectMetadataList, but the requested object is not a list (${type})`)
}

function isList(value: unknown): value is ListObject {
  return typeof value === 'object' && value !== null && 'items' in value && Array.isArray(value.items)
}

type ListObject = { readonly metadata: unknown; readonly items: readonly KubeObject[] }

function shapedObject(object: KubeObject, form: OutputForm, shape: TableRequest): unknown {
  if (form.shape !== 'Table') return partialOf(object, shape)
  return tableOf([object], { resourceVersion: object.metadata.resourceVersion }, shape)
}

function shapedList({ metadata, items }: ListObject, form: OutputForm, shape: TableRequest): unknown {
  if (form.shape === 'Table') return tableOf(items, metadata, shape)
  const partials = items.map((item) => partialOf(item, shape))
  return {
    kind: 'PartialObjectMetadataList',
    apiVersion: `meta.k8s.io/${shape.version}`,
    metadata,
    items: partials.length === 0 ? null : partials,
  }
}

/** Columns are told once in a watch; bookmarks are tables without rows, but for the one whose annotation has to be seen. */
function shapedFrame({ type, object }: WatchFrame, form: OutputForm, shape: TableRequest, isFirst: boolean): SharedFrame {
  const shown = object as KubeObject
  if (type === 'ERROR') return new ValueFrame(type, object)
  if (form.shape !== 'Table') return new ValueFrame(type, partialOf(shown, shape))
  const rows = type !== 'BOOKMARK' ? [shown] : shown.metadata.annotations === undefined ? [] : [emptyOf(shape.kind, shown)]
  const table = tableOf(rows, bookmarkMeta(shown), shape) as Readonly<Record<string, unknown>>
  return new ValueFrame(type, isFirst ? table : { ...table, columnDefinitions: null })
}

/** An object of the kind of which nothing is known but its metadata. */
function emptyOf(kind: Kind, { metadata }: KubeObject): KubeObject {
  return decode<KubeObject>(kind.schema, { apiVersion: kind.apiVersion, kind: kind.kind, metadata })
}

function bookmarkMeta({ metadata }: KubeObject): unknown {
  return { resourceVersion: metadata.resourceVersion }
}

function shapedWatch(watch: WatchBody, shaped: (frame: WatchFrame, isFirst: boolean) => SharedFrame): WatchBody {
  let isFirst = true
  const convert = ({ frame }: SharedFrame): SharedFrame => {
    const result = shaped(frame, isFirst)
    isFirst = false
    return result
  }
  return convertedWatch(watch, (frames) => frames.map(convert))
}

function valueBody(value: unknown): Body {
  return { kind: 'object', bytes: () => goJsonLine(value), object: () => value }
}

function formattedBody(body: Body, form: OutputForm): Body {
  if (form.format === 'protobuf' || form.format === 'cbor' || (body.kind !== 'object' && body.kind !== 'list')) return body
  if (form.format === 'yaml')
    return { kind: 'bytes', contentType: 'application/yaml', bytes: encoder.encode(formatYaml(JSON.parse(wireText(body)))) }
  if (!form.isPretty) return body
  return { kind: 'bytes', contentType: 'application/json', bytes: encoder.encode(indented(wireText(body).trimEnd())) }
}

function wireText(body: Extract<Body, { kind: 'object' | 'list' }>): string {
  return decoder.decode(body.kind === 'object' ? body.bytes() : Buffer.concat([...body.chunks()]))
}
