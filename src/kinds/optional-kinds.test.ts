/** Beta and alpha kinds refuse new objects in the words in which an API server v1.36.2 refused them (`testdata/optional-kinds.jsonl`). */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { optionalKinds } from './optional-kinds.ts'
import { refusalOf, rowsOf } from './recorded-refusal.ts'

for (const { apiVersion, plural, object, refusal } of rowsOf(
  readFileSync(new URL('testdata/optional-kinds.jsonl', import.meta.url), 'utf8'),
)) {
  const { metadata: _, ...rest } = object
  test(`${apiVersion} ${plural}: ${object.metadata.name} ${JSON.stringify(rest).slice(0, 120)}`, () => {
    const kind = optionalKinds.map((optional) => optional.kind).find((one) => one.apiVersion === apiVersion && one.plural === plural)
    assert.ok(kind)
    assert.equal(refusalOf(kind, object), refusal)
  })
}
