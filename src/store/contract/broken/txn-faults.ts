/** What can be wrong with writing. */
import type { Operation, Store, Txn, TxnResult } from '../../store.ts'
import { closed } from '../../store-error.ts'
import { storeBut } from '../store-but.ts'
import { type Fault, fault } from './fault.ts'

export const txnFaults = {
  'acknowledges writes that it does not make': fault((store) => ({
    txn: async (txn) => {
      const revision = (await store.currentRevision()) + 1
      return { succeeded: true, revision, previous: txn.operations.map(() => undefined) }
    },
  })),
  'loses every tenth write': fault((store) => {
    let writes = 0
    return {
      async txn(txn, signal) {
        if (++writes % 10 !== 0) return store.txn(txn, signal)
        return { succeeded: true, revision: await store.currentRevision(), previous: txn.operations.map(() => undefined) }
      },
    }
  }),
  'acknowledges a write before it is made': fault((store) => ({
    async txn(txn, signal) {
      if (txn.compares.length > 0) return store.txn(txn, signal)
      const revision = (await store.currentRevision()) + 1
      const previous = await Promise.all(txn.operations.map(({ key }) => store.get(key)))
      void turns(20)
        .then(() => store.txn(txn, signal))
        .catch(() => undefined)
      return { succeeded: true, revision, previous }
    },
  })),
  'ignores comparisons': fault((store) => ({ txn: (txn, signal) => store.txn({ ...txn, compares: [] }, signal) })),
  'compares first and writes later': fault((store) => ({
    async txn(txn, signal) {
      const entries = await Promise.all(txn.compares.map(({ key }) => store.get(key)))
      const holds = txn.compares.every(({ modRevision }, i) => (entries[i]?.modRevision ?? 0) === modRevision)
      return store.txn(holds ? { ...txn, compares: [] } : txn, signal)
    },
  })),
  'calls every third swap a conflict, and makes it': fault((store) => {
    let swaps = 0
    return {
      async txn(txn, signal) {
        const result = await store.txn(txn, signal)
        if (!result.succeeded || txn.compares.length === 0 || ++swaps % 3 !== 0) return result
        return { succeeded: false, revision: result.revision, current: txn.compares.map(() => undefined) }
      },
    }
  }),
  'does not tell what was replaced': withResult((result) =>
    result.succeeded ? { ...result, previous: result.previous.map(() => undefined) } : result,
  ),
  'shows the loser nothing': withResult((result) =>
    result.succeeded ? result : { ...result, current: result.current.map(() => undefined) },
  ),
  'takes a revision for deleting nothing': fault((store) => ({
    async txn(txn, signal) {
      const result = await store.txn(txn, signal)
      const isDeletion = txn.operations.every(({ type }) => type === 'delete')
      if (!result.succeeded || !isDeletion || result.previous.some((entry) => entry !== undefined)) return result
      return { ...result, revision: result.revision + 1 }
    },
  })),
  'gives two writes one revision': withResult((result) => ({ ...result, revision: result.revision - (result.revision % 2) })),
  'splits transactions': fault((store) => ({ txn: (txn, signal) => split(store, txn, signal) })),
  'makes only the first half of a transaction, at times': fault((store) => {
    let large = 0
    return {
      async txn(txn, signal) {
        if (txn.operations.length < 2 || ++large % 5 !== 0) return store.txn(txn, signal)
        const result = await store.txn({ ...txn, operations: txn.operations.slice(0, 1) }, signal)
        return result.succeeded ? { ...result, previous: txn.operations.map((_, i) => result.previous[i]) } : result
      },
    }
  }),
  'takes a key twice': fault((store) => ({
    txn: (txn, signal) =>
      store.txn({ ...txn, operations: [...new Map(txn.operations.map((operation) => [operation.key, operation])).values()] }, signal),
  })),
  'cuts values at a mebibyte': withOperation((operation) =>
    operation.type === 'put' ? { ...operation, value: operation.value.slice(0, 2 ** 20) } : operation,
  ),
  'takes an empty value for none': withOperation((operation) =>
    operation.type === 'put' && operation.value.length === 0 ? { type: 'delete', key: operation.key } : operation,
  ),
  'forgets to count versions': fault((store) => ({
    async get(key, signal) {
      const entry = await store.get(key, signal)
      return entry && { ...entry, version: 1 }
    },
  })),
  'goes on after it was closed': fault((store) => ({ close: () => store.status().then(() => undefined) })),
  'drops the writes under way when it is closed': fault((store) => {
    let isClosed = false
    return {
      async txn(txn, signal) {
        await turns(1)
        if (isClosed) throw closed()
        return store.txn(txn, signal)
      },
      async close() {
        isClosed = true
        await turns(2)
        await store.close()
      },
    }
  }),
  'skips revisions': fault((store) => ({
    async txn(txn, signal) {
      await store.txn({ compares: [], operations: [{ type: 'put', key: '\uffff', value: new Uint8Array() }] }, signal)
      return store.txn(txn, signal)
    },
  })),
  'makes every other write wait for the next': fault((store) => {
    let writes = 0
    return {
      async txn(txn, signal) {
        if (++writes % 2 === 0) await turns(3)
        return store.txn(txn, signal)
      },
    }
  }),
  'knows no size limit': ({ open }) => open({ liveBytesMax: Number.POSITIVE_INFINITY }),
  'refuses deletes too when it is full': ({ open }) => {
    const store = open()
    let isFull = false
    return storeBut(store, {
      async txn(txn, signal) {
        if (isFull) return store.txn({ compares: [], operations: txn.operations.concat(txn.operations) }, signal)
        try {
          return await store.txn(txn, signal)
        } catch (error) {
          isFull = true
          throw error
        }
      },
    })
  },
} satisfies Record<string, Fault>

function withResult(change: (result: TxnResult) => TxnResult): Fault {
  return fault((store) => ({ txn: async (txn, signal) => change(await store.txn(txn, signal)) }))
}

function withOperation(change: (operation: Operation) => Operation): Fault {
  return fault((store) => ({ txn: (txn, signal) => store.txn({ ...txn, operations: txn.operations.map(change) }, signal) }))
}

async function split(store: Store, { compares, operations }: Txn, signal: AbortSignal | undefined): Promise<TxnResult> {
  let last = await store.txn({ compares, operations: operations.slice(0, 1) }, signal)
  if (!last.succeeded) return last
  const previous = [...last.previous]
  for (const operation of operations.slice(1)) {
    await turns(1)
    last = await store.txn({ compares: [], operations: [operation] }, signal)
    if (last.succeeded) previous.push(...last.previous)
  }
  return { succeeded: true, revision: last.revision, previous }
}

/** Lets other work that is ready go first, so many times. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve()
}
