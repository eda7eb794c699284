/** A small API server in memory for tests: get, list, watch and create of any object, by path. */
import { Client } from '#client/client'
import type { ApiRequest, ApiResponse, Transport, WatchFrame } from '#client/transport'
import type { KubeObject } from '#meta/object'
import { notFound } from '#meta/status'

type OpenWatch = { readonly path: string; readonly fieldSelector: string; readonly send: (frame: WatchFrame) => void }

export class ObjectApi implements Transport {
  readonly client = new Client(this)
  /** What POST answers; requests are kept. */
  onCreate: (path: string, body: unknown) => unknown = (_path, body) => body
  getCount = 0
  readonly #objects = new Map<string, KubeObject>()
  readonly #watches = new Set<OpenWatch>()
  #version = 1

  get openWatches(): readonly string[] {
    return [...this.#watches].map(({ path, fieldSelector }) => `${path} ${fieldSelector}`)
  }

  put<T extends KubeObject>(object: T): void {
    const path = pathOf(object)
    const type = this.#objects.has(path) ? 'MODIFIED' : 'ADDED'
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: `${++this.#version}` } }
    this.#objects.set(path, stored)
    this.#tell(path, { type, object: stored })
  }

  delete(object: KubeObject): void {
    const path = pathOf(object)
    if (this.#objects.delete(path)) this.#tell(path, { type: 'DELETED', object: { ...object, metadata: { ...object.metadata, resourceVersion: `${++this.#version}` } } })
  }

  async request(request: ApiRequest): Promise<ApiResponse> {
    if (request.method === 'POST') return answer(this.onCreate(request.path, request.body))
    const object = this.#objects.get(request.path)
    if (object !== undefined) {
      this.getCount++
      return answer(object)
    }
    if (request.query === undefined) throw notFound({ group: '', plural: 'objects' }, request.path)
    const items = [...this.#objects].filter(([path]) => isSelected(path, request.path, selectorOf(request))).map(([, one]) => one)
    return answer({ items, metadata: { resourceVersion: `${this.#version}` } })
  }

  async watch(request: ApiRequest, signal?: AbortSignal): Promise<AsyncIterable<WatchFrame>> {
    const frames = new ReadableStream<WatchFrame>({
      start: (controller) => {
        const watch = { path: request.path, fieldSelector: selectorOf(request), send: (frame: WatchFrame) => controller.enqueue(frame) }
        this.#watches.add(watch)
        signal?.addEventListener('abort', () => {
          this.#watches.delete(watch)
          controller.error(signal.reason)
        })
      },
    })
    return frames
  }

  async stream(): Promise<AsyncIterable<Uint8Array>> {
    throw new Error('no streams here')
  }

  #tell(path: string, frame: WatchFrame): void {
    for (const watch of this.#watches) if (isSelected(path, watch.path, watch.fieldSelector)) watch.send(frame)
  }
}

function answer(body: unknown): ApiResponse {
  return { status: 200, headers: {}, body }
}

function selectorOf({ query }: ApiRequest): string {
  return String(query?.['fieldSelector'] ?? '')
}

function isSelected(path: string, collection: string, fieldSelector: string): boolean {
  const name = /metadata\.name=([^,]+)/.exec(fieldSelector)?.[1]
  return path.startsWith(`${collection}/`) && (name === undefined || path === `${collection}/${name}`)
}

function pathOf({ apiVersion, kind, metadata }: KubeObject): string {
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`
  const scope = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`
  return `${root}${scope}/${kind.toLowerCase()}s/${metadata.name}`
}
