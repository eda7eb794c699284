/** Chooses the form of an answer from the Accept header: encoding, and whether the object is shown as itself, as table or as metadata only. */
import { notAcceptable, StatusError } from '#meta/status'
import type { IncomingRequest } from '../exchange.ts'
import { type MediaType, parseAccept, protobufType } from './media-type.ts'

export type OutputFormat = 'json' | 'yaml' | 'protobuf'
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
  if (!ranges.some(({ type }) => type === '*/*' || served.has(type))) throw unknownFormat(what.hasStream)
  const form = firstForm(ranges, request, what.isWatch, shapeIn)
  if (form === undefined) throw notAcceptable(`only the following media types are accepted: ${what.isWatch ? watchTypes : servedTypes}`)
  return form
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
    const format = formatOf(range, isWatch)
    const shape = format === undefined ? undefined : shapeIn(range)
    // A table has cells of any type: no message can hold it.
    if (format === undefined || shape === undefined || (shape === 'Table' && format === 'protobuf')) continue
    const wantsIt = format !== 'protobuf' && (isPretty || (!isWatch && range.parameters.get('pretty') === '1'))
    return { format, shape, shapeVersion: range.parameters.get('v') ?? 'v1', isPretty: wantsIt }
  }
  return undefined
}

/** The media types of objects, as error messages list them. */
export const servedTypes = 'application/json, application/yaml, application/vnd.kubernetes.protobuf'
const watchTypes = 'application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch'
const served: ReadonlySet<string> = new Set(servedTypes.split(', '))

function unknownFormat(hasStream: boolean): StatusError {
  const types = hasStream ? `${servedTypes}, ${watchTypes}` : servedTypes
  return new StatusError(406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${types}`, {})
}

/** Whether the client gets protobuf, if what it asked for has that form. */
export function prefersProtobuf(request: IncomingRequest, isWatch: boolean): boolean {
  if (request.headers['accept']?.includes('protobuf') !== true) return false
  try {
    return negotiateShape(request, { isWatch, hasStream: isWatch }).format === 'protobuf'
  } catch (error) {
    if (error instanceof StatusError) return false
    throw error
  }
}

function formatOf(range: MediaType, isWatch: boolean): OutputFormat | undefined {
  switch (range.type) {
    case 'application/json':
    case 'application/*':
    case '*/*':
      return 'json'
    case 'application/yaml':
      return isWatch ? undefined : 'yaml'
    case protobufType:
      return 'protobuf'
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
