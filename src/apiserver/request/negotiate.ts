/** Chooses the form of an answer from the Accept header: encoding, and whether the object is shown as itself, as table or as metadata only. */
import { notAcceptable, StatusError } from '#meta/status'
import type { IncomingRequest } from '../exchange.ts'
import { cborType, type MediaType, parseAccept, protobufType } from './media-type.ts'

export type OutputFormat = 'json' | 'yaml' | 'protobuf' | 'cbor'
export type OutputShape = 'object' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList'
export type OutputForm = {
  readonly format: OutputFormat
  readonly shape: OutputShape
  readonly shapeVersion: string
  readonly isPretty: boolean
}

/** Plain JSON of the object as it is stored: the form whose bytes need no work. */
export const plainForm: OutputForm = { format: 'json', shape: 'object', shapeVersion: 'v1', isPretty: false }

/** What is asked for: a stream of events, or something that could be had as one. */
export type Asked = { readonly isWatch: boolean; readonly hasStream: boolean }

const asked: Asked = { isWatch: false, hasStream: false }

/** The form of what is shown as it is. Throws 406 when nothing that the client accepts can be served. */
export function negotiate(request: IncomingRequest): OutputForm {
  return negotiated(request, asked, (range) => (isPlain(range) ? 'object' : undefined))
}

/** The form of objects of a kind, which may be shown as tables or by their metadata. Throws 406. */
export function negotiateShape(request: IncomingRequest, what: Asked): OutputForm {
  return negotiated(request, what, shapeOf)
}

type ShapeOf = (range: MediaType) => OutputShape | undefined

function negotiated(request: IncomingRequest, what: Asked, shapeIn: ShapeOf): OutputForm {
  const accept = request.headers['accept']
  const isPretty = !what.isWatch && wantsPretty(request)
  if (!isPretty && (accept === undefined || accept === '*/*' || accept === 'application/json')) return plainForm
  const ranges = rangesOf(request)
  const types = [...servedBy(request), ...(what.hasStream ? streamsOf(request) : [])]
  if (!ranges.some(({ type }) => type === '*/*' || types.includes(type)))
    throw new StatusError(406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${types.join(', ')}`, {})
  const form = firstForm(ranges, request, false, shapeIn)
  if (form === undefined) throw noneOf(servedBy(request))
  if (!what.isWatch) return form
  const streamed = firstForm(ranges, request, true, shapeIn)
  if (streamed === undefined) throw noneOf(streamsOf(request))
  return streamed
}

/** The form of a failure, or of what no route has checked before; undefined where the client accepts none that it could have. */
export function unrefusedForm(request: IncomingRequest): OutputForm | undefined {
  return firstForm(rangesOf(request), request, false, (range) => (isPlain(range) ? 'object' : undefined))
}

function rangesOf({ headers }: IncomingRequest): readonly MediaType[] {
  return parseAccept(headers['accept'] === undefined || headers['accept'] === '' ? '*/*' : headers['accept'])
}

function firstForm(ranges: readonly MediaType[], request: IncomingRequest, isWatch: boolean, shapeIn: ShapeOf): OutputForm | undefined {
  const isPretty = !isWatch && wantsPretty(request)
  for (const range of ranges) {
    const format = formatOf(range, isWatch, request.servesCbor === true)
    const shape = format === undefined ? undefined : shapeIn(range)
    const isText = format === 'json' || format === 'yaml'
    // A table has cells of any type: no message can hold it.
    if (format === undefined || shape === undefined || (shape === 'Table' && !isText)) continue
    const wantsIt = isText && (isPretty || (!isWatch && range.parameters.get('pretty') === '1'))
    return { format, shape, shapeVersion: range.parameters.get('v') ?? 'v1', isPretty: wantsIt }
  }
  return undefined
}

/** The media types of objects, as error messages list them. */
export const servedTypes = 'application/json, application/yaml, application/vnd.kubernetes.protobuf'
const usual: readonly string[] = servedTypes.split(', ')
const usualStreams: readonly string[] = ['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch']

export function servedBy({ servesCbor }: IncomingRequest): readonly string[] {
  return servesCbor === true ? [...usual, cborType] : usual
}

function streamsOf({ servesCbor }: IncomingRequest): readonly string[] {
  return servesCbor === true ? [...usualStreams, `${cborType}-seq`] : usualStreams
}

function noneOf(types: readonly string[]): StatusError {
  return notAcceptable(`only the following media types are accepted: ${types.join(', ')}`)
}

/** Whether the client gets a binary form, if what it asked for has that form. */
export function prefers(request: IncomingRequest, format: 'protobuf' | 'cbor', isWatch: boolean): boolean {
  if (request.headers['accept']?.includes(format) !== true) return false
  try {
    return negotiateShape(request, { isWatch, hasStream: isWatch }).format === format
  } catch (error) {
    if (error instanceof StatusError) return false
    throw error
  }
}

function formatOf(range: MediaType, isWatch: boolean, servesCbor: boolean): OutputFormat | undefined {
  switch (range.type) {
    case 'application/json':
    case 'application/*':
    case '*/*':
      return 'json'
    case 'application/yaml':
      return isWatch ? undefined : 'yaml'
    case protobufType:
      return 'protobuf'
    case cborType:
      return servesCbor ? 'cbor' : undefined
    default:
      return undefined
  }
}

function isPlain({ parameters }: MediaType): boolean {
  return (parameters.get('as') ?? '') === ''
}

/** `as=Table` and `as=PartialObjectMetadata(List)` of meta.k8s.io; undefined for a shape that is not known. */
function shapeOf(range: MediaType): OutputShape | undefined {
  if (isPlain(range)) return 'object'
  const { parameters } = range
  const version = parameters.get('v')
  if (parameters.get('g') !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) return undefined
  return shapes.find((shape) => shape === parameters.get('as'))
}

const shapes: readonly OutputShape[] = ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList']

/** As upstream: people at a browser, curl or wget get indented JSON unless they say otherwise. */
export function wantsPretty(request: IncomingRequest): boolean {
  const wanted = request.query.get('pretty') ?? ''
  if (wanted !== '') return truths.has(wanted)
  const agent = request.headers['user-agent']
  return agent !== undefined && prettyAgents.some((prefix) => agent.startsWith(prefix))
}

const truths: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True'])
const prettyAgents: readonly string[] = ['curl', 'Wget', 'Mozilla/5.0']
