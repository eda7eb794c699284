/**
 * One request on its way through the chain, and its answer. The HTTPS server and the in-process loopback
 * both make exchanges, so both take the same road.
 */
import type { WatchFrame } from '#client/transport'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import type { Envelope } from '#meta/protobuf/envelope'
import type { UpgradeRequest } from '#net/streams/websocket-upgrade'

export type UserInfo = {
  readonly name: string
  readonly uid?: string
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** Which share of the server a request takes part in. */
export type Flow = {
  readonly schemaUid: string
  readonly levelUid: string
  /** Not counted against any limit. */
  readonly isExempt: boolean
}

/** What the URL and method mean. Filled by `request/parse-request-info.ts`. */
export type RequestInfo = {
  readonly isResourceRequest: boolean
  readonly path: string
  /** get, list, watch, create, update, patch, delete, deletecollection, proxy; or the lower-case method of a non-resource request. */
  readonly verb: string
  readonly group: string
  readonly version: string
  readonly namespace: string
  readonly resource: string
  readonly subresource: string
  readonly name: string
  /** Path parts behind the subresource, for proxies. */
  readonly rest: readonly string[]
}

/** A request as it came in. Header names are lower-case. */
export type IncomingRequest = {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | undefined>>
  /** The verified client certificate as DER, if the connection has one. */
  readonly peerCertificate?: Uint8Array
  readonly remoteAddress?: string
  /** Who asks, where the connection itself says so: only the loopback has that. */
  readonly user?: UserInfo
  /** A body that is an object already: only the loopback has that. */
  readonly object?: unknown
  /** CBOR is among the forms that are taken and given. */
  readonly servesCbor?: boolean
  /** How the body becomes an object, where it is neither JSON nor YAML. Throws ProtobufObjectError or CborError. */
  readonly decodeBody?: (bytes: Uint8Array) => unknown
  /** Reads the body, at most `bytesMax`; rejects with 413 beyond. */
  readBody(bytesMax: number): Promise<Uint8Array>
  /** Takes the connection over (exec, attach, port-forward, proxy of upgrades): HTTP/1.1 only. */
  readonly upgrade?: () => UpgradeRequest
}

/** Grows while it passes the steps; each field is set by one step. */
export type Exchange = {
  request: IncomingRequest
  readonly receivedMs: number
  /** Aborted when the client goes away, the deadline passes or the server stops. */
  signal: AbortSignal
  info: RequestInfo
  user: UserInfo
  /** Undefined where the request belongs to none. */
  flow?: Flow | undefined
  /** Values of `Warning` headers (code 299). */
  readonly warnings: string[]
}

/** An object that many answers show: what it is encoded as is made once. */
export interface SharedObject {
  /** What `encode` makes of the object; every caller gives the same function. */
  protobuf(encode: (object: KubeObject) => Envelope | undefined): Envelope | undefined
}

/** What a handler answers. Objects are bytes already; `object` parses them only when asked (loopback, tables). */
export type Body =
  | { readonly kind: 'empty' }
  | { readonly kind: 'bytes'; readonly contentType: string; readonly bytes: Uint8Array }
  | { readonly kind: 'object'; readonly bytes: () => Uint8Array; readonly object: () => unknown; readonly entry?: SharedObject }
  | {
      readonly kind: 'list'
      readonly chunks: ListChunks
      /** Of all chunks together, where it is known beforehand. */
      readonly length?: () => number
      readonly object: () => unknown
      readonly list?: SharedList
    }
  | { readonly kind: 'watch'; readonly watch: WatchBody }
  | { readonly kind: 'stream'; readonly contentType: string; readonly chunks: AsyncIterable<Uint8Array> }
  /** The handler has taken the socket over and answers itself. */
  | { readonly kind: 'upgraded' }

/**
 * The bytes of a list, made while they are read, so that a long one is never in memory as a whole. A chunk lies in a buffer that `take`
 * gave and has at most a little more than `chunkBytes`, unless one item is longer. Without `take` each chunk is a buffer of its own.
 */
export type ListChunks = (take?: TakeBuffer) => Iterable<Uint8Array>
/** Gives a buffer of at least that size. */
export type TakeBuffer = (size: number) => Uint8Array
export const chunkBytes = 64 * 1024

/** A list by its parts. */
export type SharedList = {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: object
  readonly entries: readonly SharedObject[]
}

/** Frames are shared by all watchers: `bytes` is one line of JSON, made once; `frame` the same for the loopback. */
export type WatchBody = {
  /** Starts delivery; resolves when the watch is over. */
  run(reader: FrameReader, signal: AbortSignal): Promise<void>
}
/** Who takes the frames of a watch. */
export interface FrameReader {
  /** False where the reader is too slow and is to be cut off. */
  send(frames: readonly SharedFrame[]): boolean
  /** Resolves when the reader has taken what was sent, or is gone: what a watch begins with is sent in portions. */
  drained(): Promise<void>
}
export interface SharedFrame {
  readonly bytes: Uint8Array
  readonly frame: WatchFrame
  /** The object of the frame, where it stands in the cache. */
  readonly entry?: SharedObject
}

export type Answer = { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body: Body }

/** One link of the chain. */
export type Step = (exchange: Exchange, next: (exchange: Exchange) => Promise<Answer>) => Promise<Answer>

/** Kinds by where they are served; changes when custom resources come and go. */
export interface KindTable {
  find(group: string, version: string, plural: string): Kind | undefined
  all(): readonly Kind[]
  /** The kind that clients name in a body. */
  byKind(apiVersion: string, kind: string): Kind | undefined
}

/** Reads of current state for authorizers and admission: from the cache, frozen, never waiting. */
export interface StateReader {
  get<T extends KubeObject>(kind: Kind<T>, namespace: string | undefined, name: string): T | undefined
  list<T extends KubeObject>(kind: Kind<T>, namespace?: string): readonly T[]
}
