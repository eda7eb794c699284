/** Typed verbs for any `Kind<T>`, over any Transport. */
import { type Kind, resourcePath } from '#meta/kind'
import type { KubeObject, ObjectRef } from '#meta/object'
import type { ApiRequest, Transport, WatchFrame } from './transport.ts'

export type ListOptions = {
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  readonly limit?: number
  readonly continue?: string
  readonly resourceVersion?: string
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan'
}
export type WatchOptions = ListOptions & {
  readonly allowWatchBookmarks?: boolean
  readonly timeoutSeconds?: number
  readonly sendInitialEvents?: boolean
}
export type List<T> = {
  readonly items: readonly T[]
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string; readonly remainingItemCount?: number }
}
export type WriteOptions = {
  readonly dryRun?: boolean
  readonly fieldManager?: string
  readonly subresource?: string
  /** Of an apply: takes fields over from other managers. */
  readonly force?: boolean
}
export type DeleteCallOptions = {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  readonly uid?: string
  readonly resourceVersion?: string
  readonly dryRun?: boolean
}
export type PatchType = 'json' | 'merge' | 'strategic' | 'apply'

const patchContentTypes: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
}

/** Every method rejects with a StatusError when the server refuses, and with a ConnectionError when it is not reached. */
export class Client {
  readonly transport: Transport

  constructor(transport: Transport) {
    this.transport = transport
  }

  async get<T extends KubeObject>(kind: Kind<T>, ref: ObjectRef, signal?: AbortSignal): Promise<T> {
    return await this.#object<T>({ method: 'GET', path: pathOf(kind, ref) }, signal)
  }

  async list<T extends KubeObject>(kind: Kind<T>, options: ListOptions = {}, signal?: AbortSignal): Promise<List<T>> {
    const { namespace, ...query } = options
    const response = await this.transport.request({ method: 'GET', path: collectionOf(kind, namespace), query }, signal)
    return response.body as List<T>
  }

  async watch<T extends KubeObject>(kind: Kind<T>, options: WatchOptions, signal?: AbortSignal): Promise<AsyncIterable<WatchFrame>> {
    const { namespace, ...query } = options
    return await this.transport.watch({ method: 'GET', path: collectionOf(kind, namespace), query: { ...query, watch: true } }, signal)
  }

  /** `object.metadata.namespace` says where. */
  async create<T extends KubeObject>(kind: Kind<T>, object: T, options: WriteOptions = {}, signal?: AbortSignal): Promise<T> {
    const path = collectionOf(kind, object.metadata.namespace)
    return await this.#object<T>({ method: 'POST', path, query: queryOf(options), body: object }, signal)
  }

  /** Refused with Conflict when `metadata.resourceVersion` is set and no longer the newest. */
  async update<T extends KubeObject>(kind: Kind<T>, object: T, options: WriteOptions = {}, signal?: AbortSignal): Promise<T> {
    const { name = '', namespace } = object.metadata
    const path = resourcePath(kind, namespace, name, options.subresource)
    return await this.#object<T>({ method: 'PUT', path, query: queryOf(options), body: object }, signal)
  }

  async updateStatus<T extends KubeObject>(kind: Kind<T>, object: T, signal?: AbortSignal): Promise<T> {
    return await this.update(kind, object, { subresource: 'status' }, signal)
  }

  async patch<T extends KubeObject>(
    kind: Kind<T>,
    ref: ObjectRef,
    patch: { readonly type: PatchType; readonly body: unknown } & WriteOptions,
    signal?: AbortSignal,
  ): Promise<T> {
    const path = resourcePath(kind, ref.namespace, ref.name, patch.subresource)
    return await this.#object<T>(
      { method: 'PATCH', path, query: queryOf(patch), body: patch.body, contentType: patchContentTypes[patch.type] },
      signal,
    )
  }

  /** Resolves with what the server answers: the object while it lingers, a Status once it is gone. */
  async delete<T extends KubeObject>(
    kind: Kind<T>,
    ref: ObjectRef,
    options: DeleteCallOptions = {},
    signal?: AbortSignal,
  ): Promise<unknown> {
    const response = await this.transport.request({ method: 'DELETE', path: pathOf(kind, ref), body: deleteBody(options) }, signal)
    return response.body
  }

  async deleteCollection<T extends KubeObject>(
    kind: Kind<T>,
    list: ListOptions,
    options: DeleteCallOptions = {},
    signal?: AbortSignal,
  ): Promise<void> {
    const { namespace, ...query } = list
    await this.transport.request({ method: 'DELETE', path: collectionOf(kind, namespace), query, body: deleteBody(options) }, signal)
  }

  /** POST to a subresource such as `binding`, `eviction` or `token`. */
  async createSubresource<T extends KubeObject, R>(
    kind: Kind<T>,
    ref: ObjectRef,
    subresource: string,
    body: unknown,
    signal?: AbortSignal,
  ): Promise<R> {
    const path = resourcePath(kind, ref.namespace, ref.name, subresource)
    return (await this.transport.request({ method: 'POST', path, body }, signal)).body as R
  }

  async #object<T>(request: ApiRequest, signal: AbortSignal | undefined): Promise<T> {
    return (await this.transport.request(request, signal)).body as T
  }
}

function pathOf<T extends KubeObject>(kind: Kind<T>, ref: ObjectRef): string {
  return resourcePath(kind, ref.namespace, ref.name)
}

function collectionOf<T extends KubeObject>(kind: Kind<T>, namespace: string | undefined): string {
  return resourcePath(kind, namespace)
}

function queryOf(options: WriteOptions): Readonly<Record<string, string | undefined>> {
  return { dryRun: options.dryRun ? 'All' : undefined, fieldManager: options.fieldManager, force: options.force ? 'true' : undefined }
}

function deleteBody(options: DeleteCallOptions): unknown {
  const { uid, resourceVersion, dryRun, ...rest } = options
  return {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    ...rest,
    ...(dryRun ? { dryRun: ['All'] } : {}),
    ...(uid === undefined && resourceVersion === undefined ? {} : { preconditions: { uid, resourceVersion } }),
  }
}
