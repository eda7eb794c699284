/** Bad objects are refused in the words in which an API server v1.36.2 refused them (`testdata/refused-*.jsonl`). */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Kind } from '#meta/kind'
import { builtinKinds } from './builtin-kinds.ts'
import { type Row, refusalOf, rowsOf, type UpdateRow, updateRefusalOf } from './recorded-refusal.ts'

const read = (name: string) => readFileSync(new URL(`testdata/${name}.jsonl`, import.meta.url), 'utf8')

function kindOf({ apiVersion, plural }: Row): Kind {
  const kind = builtinKinds.find((one) => one.apiVersion === apiVersion && one.plural === plural)
  assert.ok(kind)
  return kind
}

function titleOf({ apiVersion, plural, object: { metadata: _, ...rest } }: Row): string {
  return `${apiVersion} ${plural}: ${JSON.stringify(rest).slice(0, 160)}`
}

for (const row of rowsOf(read('refused-objects'))) test(titleOf(row), () => assert.equal(refusalOf(kindOf(row), row.object), row.refusal))

for (const row of rowsOf<UpdateRow>(read('refused-updates')))
  test(`an update of ${titleOf(row)}`, () => assert.equal(updateRefusalOf(kindOf(row), row.object, row.old), row.refusal))
