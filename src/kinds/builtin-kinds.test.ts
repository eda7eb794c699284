/** Bad objects are refused in the words in which an API server v1.36.2 refused them (`testdata/refused-objects.jsonl`). */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { builtinKinds } from './builtin-kinds.ts'
import { refusalOf, rowsOf } from './recorded-refusal.ts'

for (const { apiVersion, plural, object, refusal } of rowsOf(
  readFileSync(new URL('testdata/refused-objects.jsonl', import.meta.url), 'utf8'),
)) {
  const { metadata: _, ...rest } = object
  test(`${apiVersion} ${plural}: ${JSON.stringify(rest).slice(0, 160)}`, () => {
    const kind = builtinKinds.find((one) => one.apiVersion === apiVersion && one.plural === plural)
    assert.ok(kind)
    assert.equal(refusalOf(kind, object), refusal)
  })
}
