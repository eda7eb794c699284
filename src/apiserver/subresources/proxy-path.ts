/** Relays a request to the server behind `proxy`, so that it works under the path of the proxy. */
import { gunzipSync, inflateSync } from 'node:zlib'
import type { Answer, Body, Exchange } from '../exchange.ts'
import { type Backend, relay } from './relay.ts'
import { type ProxiedPlace, rewrittenLink, rewrittenPage } from './rewritten-links.ts'

/** Longer pages pass as they are. */
const pageBytesMax = 8 * 1024 * 1024
const unpackedBytesMax = 64 * 1024 * 1024

export async function proxied(exchange: Exchange, backend: Backend): Promise<Answer> {
  const { request } = exchange
  const prefix = proxyPrefixOf(exchange)
  const path = request.path.slice(prefix.length)
  const query = request.query.size === 0 ? '' : `?${request.query}`
  const isUpgrade = request.headers['upgrade'] !== undefined
  // Relative links of a page need a base that ends in a slash.
  if (path === '' && !isUpgrade && (request.method === 'GET' || request.method === 'HEAD')) return movedTo(`${request.path}/${query}`)
  const host = request.headers['host'] ?? request.headers[':authority'] ?? ''
  const answer = await relay(exchange, {
    backend,
    path: `${path === '' ? '/' : path}${query}`,
    headers: { 'x-forwarded-uri': request.path, 'x-forwarded-host': host, 'x-forwarded-proto': 'https' },
  })
  const place = { prefix, ownHosts: [`${backend.host}:${backend.port}`, host] }
  return request.method === 'HEAD' ? answer : await rewritten(answer, place)
}

/** `/api/v1/namespaces/NAMESPACE/pods/NAME/proxy`, or without a namespace. */
function proxyPrefixOf({ request, info }: Exchange): string {
  const partCount = info.namespace === '' ? 6 : 8
  return request.path.split('/').slice(0, partCount).join('/')
}

function movedTo(location: string): Answer {
  return { status: 301, headers: { location }, body: { kind: 'empty' } }
}

async function rewritten(answer: Answer, place: ProxiedPlace): Promise<Answer> {
  const { body, headers: { location, ...others } = {} } = answer
  const headers = location === undefined ? others : { ...others, location: rewrittenLink(location, place) }
  const isPage = body.kind === 'stream' && /^text\/html\b/i.test(body.contentType)
  return isPage ? await rewrittenHtml({ ...answer, headers }, body, place) : { ...answer, headers }
}

type StreamBody = Extract<Body, { kind: 'stream' }>

/** A page that is too long, or packed in a way that is not known, passes as it is. */
async function rewrittenHtml(answer: Answer, { chunks, contentType }: StreamBody, place: ProxiedPlace): Promise<Answer> {
  const { 'content-encoding': encoding = '', 'content-length': length = '0', ...headers } = answer.headers ?? {}
  const unpack = unpackers[encoding]
  if (unpack === undefined || Number(length) > pageBytesMax) return answer
  const packed: Uint8Array[] = []
  for await (const chunk of chunks) packed.push(chunk)
  // Latin-1 keeps every byte, whatever encoding the page has.
  const html = unpack(Buffer.concat(packed)).toString('latin1')
  return { ...answer, headers, body: { kind: 'bytes', contentType, bytes: Buffer.from(rewrittenPage(html, place), 'latin1') } }
}

const unpackers: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  '': (bytes) => bytes,
  gzip: (bytes) => gunzipSync(bytes, { maxOutputLength: unpackedBytesMax }),
  deflate: (bytes) => inflateSync(bytes, { maxOutputLength: unpackedBytesMax }),
}
