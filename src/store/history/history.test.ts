import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readHistory, writeRecord } from './history.ts'
import { Script, written } from './script.ts'

test('a history comes back from its lines; a line cut off in the middle is left out', () => {
  const script = new Script()
  const a = script.put('/a', 'one', 2)
  script.batch(script.watch({ prefix: '', afterRevision: 1 }), 2, written(a))
  const lines = script.records.map(writeRecord).join('')
  assert.deepEqual(readHistory(lines), JSON.parse(JSON.stringify(script.records)))
  assert.equal(readHistory(lines.slice(0, -3)).length, script.records.length - 1)
})
