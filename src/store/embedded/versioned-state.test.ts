import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { VirtualClock } from '#base/env/virtual-clock'
import { bytes, text } from '../contract/sample.ts'
import { createMemoryStore } from '../memory/memory-store.ts'
import { put, remove } from '../single-key.ts'

const keys = ['/a', '/b', '/b/1', '/c', '/d'] as const

test('pages at an old revision join to what was there then, and each tells exactly how many remain', async () => {
  const change = fc.record({ key: fc.constantFrom(...keys), isPut: fc.boolean() })
  const history = fc.array(change, { minLength: 1, maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(history, fc.nat(), fc.integer({ min: 1, max: 3 }), async (changes, at, limit) => {
      await using store = createMemoryStore({ clock: new VirtualClock() })
      const states = [{ revision: 1, texts: [] as (string | undefined)[] }]
      for (const [i, { key, isPut }] of changes.entries()) {
        if (isPut) await put(store, key, bytes(`${key} ${i}`))
        else await remove(store, key)
        const { entries, revision } = await store.range({ prefix: '' })
        states.push({ revision, texts: entries.map(text) })
      }
      const { revision, texts } = states[at % states.length] ?? { revision: 1, texts: [] }
      const seen: (string | undefined)[] = []
      let afterKey: string | undefined
      for (;;) {
        const page = await store.range({ prefix: '', limit, atRevision: revision, ...(afterKey === undefined ? {} : { afterKey }) })
        seen.push(...page.entries.map(text))
        assert.equal(page.remaining, texts.length - seen.length)
        afterKey = page.entries.at(-1)?.key
        if (page.remaining === 0) break
      }
      assert.deepEqual(seen, texts)
    }),
    { numRuns: 200 },
  )
})
