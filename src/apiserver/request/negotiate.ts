/** Chooses the form of an answer from the Accept header: encoding, and whether the object is shown as itself, as table or as metadata only. */
import { notAcceptable, StatusError } from '#meta/status'
import type { IncomingRequest } from '../exchange.ts'
import { type MediaType, parseAccept, protobufType } from './media-type.ts'
import { isTrue } from './parse-request-info.ts'

export type OutputFormat = 'json' | 'yaml' | 'protobuf'
export type OutputShape = 'object' | 'Table' | 'PartialObjectMetadata'
export type OutputForm = {
  readonly format: OutputFormat
  readonly shape: OutputShape
  readonly shapeVersion: string
  readonly isPretty: boolean
}

/** Plain JSON of the object as it is stored: the form whose bytes need no work. */
export const plainForm: OutputForm = { format: 'json', shape: 'object', shapeVersion: 'v1', isPretty: false }

/** Throws 406 when nothing that the client accepts can be served. */
export function negotiate(request: IncomingRequest, isWatch = false): OutputForm {
  const accept = request.headers['accept']
  const isPretty = !isWatch && wantsPretty(request)
  if (!isPretty && (accept === undefined || accept === '*/*' || accept === 'application/json')) return plainForm
  let isFormatServed = false
  for (const range of parseAccept(accept === undefined || accept === '' ? '*/*' : accept)) {
    const format = formatOf(range, isWatch)
    if (format === undefined) continue
    isFormatServed = true
    const shape = shapeOf(range)
    // A table has cells of any type: no message can hold it.
    if (shape !== undefined && !(shape === 'Table' && format === 'protobuf')) {
      const wantsIt = format !== 'protobuf' && (isPretty || (!isWatch && range.parameters.get('pretty') === '1'))
      return { format, shape, shapeVersion: range.parameters.get('v') ?? 'v1', isPretty: wantsIt }
    }
  }
  throw isFormatServed
    ? notAcceptable(`only the following media types are accepted: ${isWatch ? watchTypes : servedTypes}`)
    : unknownFormat(isWatch)
}

/** The media types of objects, as error messages list them. */
export const servedTypes = 'application/json, application/yaml, application/vnd.kubernetes.protobuf'
const watchTypes = 'application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch'

function unknownFormat(isWatch: boolean): StatusError {
  const types = isWatch ? `${servedTypes}, ${watchTypes}` : servedTypes
  return new StatusError(406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${types}`, {})
}

/** Whether the client gets protobuf, if what it asked for has that form. */
export function prefersProtobuf(request: IncomingRequest, isWatch: boolean): boolean {
  if (request.headers['accept']?.includes('protobuf') !== true) return false
  try {
    return negotiate(request, isWatch).format === 'protobuf'
  } catch (error) {
    if (error instanceof StatusError) return false
    throw error
  }
}

function formatOf(range: MediaType, isWatch: boolean): OutputFormat | undefined {
  switch (range.type) {
    case 'application/json':
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

/** `as=Table` and `as=PartialObjectMetadata(List)` of meta.k8s.io; undefined for a shape that is not known. */
function shapeOf({ parameters }: MediaType): OutputShape | undefined {
  const as = parameters.get('as')
  if (as === undefined || as === '') return 'object'
  const version = parameters.get('v')
  if (parameters.get('g') !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) return undefined
  if (as === 'Table') return 'Table'
  return as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList' ? 'PartialObjectMetadata' : undefined
}

/** As upstream: people at a browser, curl or wget get indented JSON unless they say otherwise. */
export function wantsPretty(request: IncomingRequest): boolean {
  const asked = request.query.get('pretty')
  if (asked !== null) return isTrue(asked)
  const agent = request.headers['user-agent']
  return agent !== undefined && prettyAgents.some((prefix) => agent.startsWith(prefix))
}

const prettyAgents: readonly string[] = ['curl', 'Wget', 'Mozilla/5.0']
