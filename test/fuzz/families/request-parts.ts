/** Pieces of requests that several families put together. */
import { collectionPath, type Sample } from '../corpus.ts'
import type { FuzzCase, Source } from '../fuzz-case.ts'

/** Few names, so that cases meet what others left. */
export function nameOf({ draw }: Source): string {
  return !draw.oneIn(4) ? 'fz-0' : `fz-${draw.below(8)}`
}

/** One of the samples that are valid before they are changed, or one with every field. */
export function sampleOf({ draw, corpus }: Source): Sample {
  return draw.oneOf(draw.oneIn(3) ? corpus.filled : corpus.valid)
}

/** The object under a name of ours in our namespace; what the sample itself says about its identity goes. */
export function named({ object, kind }: Sample, name: string): Record<string, unknown> {
  const { labels, annotations, finalizers } = (object['metadata'] ?? {}) as Readonly<Record<string, unknown>>
  const isEvent = kind.kind === 'Event'
  const metadata = { name, ...(isEvent ? { namespace: 'fuzz' } : {}), ...(labels === undefined ? {} : { labels, annotations, finalizers }) }
  return { ...object, metadata }
}

type Parts = { readonly contentType: string; readonly body: Uint8Array; readonly query?: string; readonly accept?: string }

/** A write of an object: mostly a create, else an update of what an earlier case made. */
export function writeOf(source: Source, { kind }: Sample, name: string, parts: Parts): FuzzCase {
  const { draw } = source
  const at = collectionPath(kind)
  const isUpdate = draw.oneIn(3)
  const subresource =
    isUpdate && draw.oneIn(3) ? draw.oneOf(['/status', '/scale', '/ephemeralcontainers', '/resize', '/approval', '/finalize']) : ''
  return requestOf(source, isUpdate ? 'PUT' : 'POST', isUpdate ? `${at}/${name}${subresource}` : at, parts)
}

export function requestOf({ draw, token }: Source, method: string, path: string, parts: Parts): FuzzCase {
  const { contentType, body, query = draw.oneIn(4) ? draw.oneOf(usualQueries) : '', accept = draw.oneOf(usualAccepts) } = parts
  const headers = { authorization: `Bearer ${token}`, 'content-type': contentType, accept }
  return { wire: 'http2', method, path: (query === '' ? path : `${path}?${query}`).slice(0, pathLengthMax), headers, body }
}

export function readOf({ token }: Source, method: string, path: string, headers: Readonly<Record<string, string>> = {}): FuzzCase {
  return { wire: 'http2', method, path: path.slice(0, pathLengthMax), headers: { authorization: `Bearer ${token}`, ...headers } }
}

/** Node's HTTP/2 takes no header that is longer, and ends the connection with all that is on it. */
const pathLengthMax = 65_000

const usualQueries = [
  'dryRun=All',
  'fieldValidation=Strict',
  'fieldValidation=Ignore',
  'fieldManager=fuzz',
  'pretty=true',
  'fieldValidation=Warn&fieldManager=x',
]

const usualAccepts = [
  'application/json',
  'application/json',
  '*/*',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
]
