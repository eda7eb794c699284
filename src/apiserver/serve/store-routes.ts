/** `/navarch/store/`: the store behind a running server, for `navarch store`, since no other process can open it. Only who may do all gets here. */
import type { Clock } from '#base/env/clock'
import { dumpOf } from '#store/snapshot/dump'
import { packedSnapshot } from '#store/snapshot/snapshot-file'
import { verifyStore } from '#store/snapshot/verify-store'
import type { Store } from '#store/store'
import type { Answer, Exchange } from '../exchange.ts'
import { valueAnswer } from '../registry/answers.ts'
import type { Route } from './dispatch.ts'
import { methodNotAllowed } from './dispatch-resource.ts'

export type StoreRoutesDeps = {
  readonly store: Store
  readonly clock: Clock
  /** Throws an error that says what is wrong with a stored value. */
  readonly decode: (value: Uint8Array) => unknown
}

type StoreRoute = { readonly method: string; readonly answer: (deps: StoreRoutesDeps, exchange: Exchange) => Promise<Answer> }

const routes: Readonly<Record<string, StoreRoute>> = {
  '/navarch/store/status': { method: 'GET', answer: async ({ store }, { signal }) => valueAnswer(await store.status(signal)) },
  '/navarch/store/snapshot': { method: 'GET', answer: snapshot },
  '/navarch/store/compact': { method: 'POST', answer: compact },
  '/navarch/store/verify': { method: 'POST', answer: verify },
}

export function storeRoutes(deps: StoreRoutesDeps): Route {
  return async (exchange) => {
    const { path, method } = exchange.request
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined
    if (route === undefined) return undefined
    if (route.method !== method) throw methodNotAllowed()
    return await route.answer(deps, exchange)
  }
}

/** The packed bytes, made while they are read. */
async function snapshot({ store, clock }: StoreRoutesDeps): Promise<Answer> {
  const chunks = packedSnapshot(await dumpOf(store), clock.nowMs())
  return { status: 200, body: { kind: 'stream', contentType: 'application/octet-stream', chunks } }
}

async function compact({ store }: StoreRoutesDeps, { signal }: Exchange): Promise<Answer> {
  await store.compact(await store.currentRevision(signal), signal)
  return valueAnswer(await store.status(signal))
}

/** A line of JSON for each problem and, now and then, for how far it has come. */
async function verify({ store, decode }: StoreRoutesDeps): Promise<Answer> {
  async function* lines(): AsyncGenerator<Uint8Array, void> {
    for await (const step of verifyStore(store, decode)) yield Buffer.from(`${JSON.stringify(step)}\n`)
  }
  return { status: 200, body: { kind: 'stream', contentType: 'application/x-ndjson', chunks: lines() } }
}
