/** Some clients that use everything a store can do, each operation chosen by chance. For runs that need no history, only a busy store. */
import type { Random } from '#base/env/random'
import { put, remove, update } from '#store/single-key'
import type { Store } from '#store/store'

/** How much is done. */
export type Load = {
  readonly random: Random
  readonly clientCount: number
  readonly operationsPerClient: number
  /** Told of each operation that was answered, and of each that failed. */
  readonly onAnswer?: () => void
  readonly onFailure?: (error: unknown) => void
}

type Client = { readonly store: Store; readonly random: Random; readonly name: string; readonly leases: string[] }

/** Resolves when every client has had all its answers. Without `onFailure`, the first failure ends it. */
export async function runLoad(store: Store, { random, clientCount, operationsPerClient, onAnswer, onFailure }: Load): Promise<void> {
  const run = async (_: unknown, number: number): Promise<void> => {
    const client: Client = { store, random, name: `client-${number}`, leases: [] }
    for (let i = 0; i < operationsPerClient; i++) {
      try {
        await operate(client)
        onAnswer?.()
      } catch (error) {
        if (onFailure === undefined) throw error
        onFailure(error)
      }
    }
  }
  await Promise.all(Array.from({ length: clientCount }, run))
}

type Deed = (client: Client) => Promise<unknown>

/** Each with its share of a hundred. */
const deeds: readonly (readonly [share: number, deed: Deed])[] = [
  [46, ({ store, random, name }) => put(store, keyOf(random), valueOf(random, name))],
  [14, swap],
  [12, putSeveral],
  [12, ({ store, random }) => remove(store, keyOf(random))],
  [9, putWithLease],
  [4, revoke],
  [3, compact],
]

async function operate(client: Client): Promise<void> {
  let at = client.random.float() * 100
  for (const [share, deed] of deeds) {
    at -= share
    if (at < 0) return void (await deed(client))
  }
}

async function swap({ store, random, name }: Client): Promise<void> {
  const key = keyOf(random)
  const entry = await store.get(key)
  await update(store, key, valueOf(random, name), { modRevision: entry?.modRevision ?? 0 })
}

async function putSeveral({ store, random, name }: Client): Promise<void> {
  const keys = new Set(Array.from({ length: 2 + Math.floor(random.float() * 4) }, () => keyOf(random)))
  await store.txn({ compares: [], operations: [...keys].map((key) => ({ type: 'put', key, value: valueOf(random, name) })) })
}

async function putWithLease({ store, random, name, leases }: Client): Promise<void> {
  if (leases.length < 2) leases.push((await store.grantLease(3_600_000)).id)
  await put(store, keyOf(random), valueOf(random, name), { leaseId: leases.at(-1) })
}

async function revoke({ store, leases }: Client): Promise<void> {
  const id = leases.shift()
  if (id !== undefined) await store.revokeLease(id)
}

async function compact({ store, random }: Client): Promise<void> {
  const { revision, compactRevision } = await store.status()
  await store.compact(compactRevision + Math.floor((revision - compactRevision) * random.float()))
}

function keyOf(random: Random): string {
  return `/registry/things/${Math.floor(random.float() * 40)}`
}

/** Mostly small, some of several pages; no two are alike. */
function valueOf(random: Random, name: string): Uint8Array {
  const length = random.float() < 0.05 ? 20_000 * random.float() : 400 * random.float()
  return new TextEncoder().encode(`${name} ${random.uuid()} `.padEnd(40 + length, '.'))
}
