/** Beta and alpha kinds refuse new objects in the words in which an API server v1.36.2 refused them (`testdata/optional-kinds.jsonl`). */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { defaulted } from '#meta/defaulted'
import type { KubeObject } from '#meta/object'
import { validateObjectMeta } from '#meta/object-meta-validation'
import { decode } from '#meta/schema/decode'
import { invalidObject } from '#meta/status'
import { optionalKinds } from './optional-kinds.ts'

type Row = {
  readonly apiVersion: string
  readonly plural: string
  readonly object: { readonly metadata: { readonly name: string } }
  /** Null where the object was taken. */
  readonly refusal: string | null
}

const rows = readFileSync(new URL('testdata/optional-kinds.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .map((line) => JSON.parse(line) as Row)

function refusalOf({ apiVersion, plural, object }: Row): string | null {
  const kind = optionalKinds.map((optional) => optional.kind).find((one) => one.apiVersion === apiVersion && one.plural === plural)
  assert.ok(kind, `${apiVersion} ${plural}`)
  const namespace = kind.scope === 'Namespaced' ? { namespace: 'default' } : {}
  const typed = { ...object, apiVersion, kind: kind.kind, metadata: { ...object.metadata, ...namespace } }
  const facts = { nowMs: 0, subresource: '' }
  const decoded = defaulted(kind, decode<KubeObject>(kind.schema, typed))
  const ready = kind.prepareCreate?.(decoded, facts) ?? decoded
  const { validateName, takesBareFinalizers } = kind
  const errors = [
    ...validateObjectMeta(ready.metadata, { isNamespaced: kind.scope === 'Namespaced', validateName, takesBareFinalizers }),
    ...(kind.validate?.(ready, facts) ?? []),
    ...(kind.validateCreate?.(ready, facts) ?? []),
  ]
  return errors.length === 0 ? null : invalidObject(kind, object.metadata.name, errors).message
}

for (const row of rows) {
  const { metadata: _, ...rest } = row.object
  test(`${row.apiVersion} ${row.plural}: ${row.object.metadata.name} ${JSON.stringify(rest).slice(0, 120)}`, () => {
    assert.equal(refusalOf(row), row.refusal)
  })
}
