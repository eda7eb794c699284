/** Looks at everything that a store holds: is the disk as it was written, and does every value still mean something. */
import type { Store } from '../store.ts'

/** One thing that is wrong, or how far the look has come. */
export type VerifyStep = { readonly problem: string } | { readonly checkedKeys: number; readonly keyCount: number }

const pageLength = 500

/** `decode` throws an error that says what is wrong with a value. The store goes on meanwhile. */
export async function* verifyStore(
  store: Store,
  decode: (value: Uint8Array) => unknown,
  signal?: AbortSignal,
): AsyncGenerator<VerifyStep, void> {
  for (const problem of (await store.verify?.(signal)) ?? []) yield { problem }
  let checkedKeys = 0
  let page = await store.range({ prefix: '', limit: pageLength }, signal)
  const keyCount = page.entries.length + page.remaining
  for (;;) {
    for (const { key, value } of page.entries) {
      const why = failureOf(() => decode(value))
      if (why !== undefined) yield { problem: `${key}: its value does not decode: ${why}` }
    }
    checkedKeys += page.entries.length
    yield { checkedKeys, keyCount }
    const afterKey = page.entries.at(-1)?.key
    if (page.remaining === 0 || afterKey === undefined) return
    page = await store.range({ prefix: '', limit: pageLength, afterKey, atRevision: page.revision }, signal)
  }
}

function failureOf(work: () => unknown): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
