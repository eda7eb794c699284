import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { decode } from '../../src/meta/schema/decode.ts'
import { wireForm } from '../../src/meta/schema/encode.ts'
import { openApiV2Definitions, withoutTexts } from '../../src/meta/schema/openapi.ts'
import { type Schema, shortNameOf } from '../../src/meta/schema/schema.ts'
import { unknownFields } from '../../src/meta/schema/unknown-fields.ts'
import { generate } from './generate.ts'

const source = new URL('../../src/', import.meta.url)
const reference = new URL('../../../shared/reference/', import.meta.url)
const skip = existsSync(reference) ? false : 'the reference data (../shared) is not here'

async function allSchemas(): Promise<readonly Schema[]> {
  const files = globSync(['meta/schema.gen.ts', 'kinds/*/schema*.gen.ts'], { cwd: source })
  const modules = await Promise.all(files.map((file) => import(new URL(file, source).href)))
  return modules.flatMap((module: Record<string, Schema>) => Object.values(module))
}

test('the generated files are what the generator makes', async () => {
  for (const [file, text] of await generate())
    assert.equal(readFileSync(new URL(file, source), 'utf8'), text, `${file} is stale: npm run gen`)
})

/** The published document leaves the lists of values out. */
function withoutEnums(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEnums)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key, inner]) => !(key === 'enum' && Array.isArray(inner)))
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutEnums(inner)]))
}

test('every definition equals the published OpenAPI document', { skip }, async () => {
  const document = JSON.parse(gunzipSync(readFileSync(new URL('kubernetes-1.36-openapi-v2.json.gz', reference))).toString())
  const ours = openApiV2Definitions(await allSchemas())
  for (const [name, theirs] of Object.entries<Record<string, unknown>>(document.definitions)) {
    // A patch is of any form, and options and watch events are registered in every group.
    if (/\.(Patch|DeleteOptions|WatchEvent)$/.test(name)) continue
    const { 'x-kubernetes-group-version-kind': kind, ...rest } = withoutEnums(ours[name]) as Record<string, unknown>
    const want = withoutTexts(theirs) as Record<string, unknown>
    assert.deepEqual(
      want['x-kubernetes-group-version-kind'] === undefined ? rest : { ...rest, 'x-kubernetes-group-version-kind': kind },
      want,
      name,
    )
  }
})

type Recorded = { readonly response?: { readonly body?: { readonly apiVersion?: string; readonly kind?: string } } }

test('objects that a real API server answered decode and encode to the same bytes', { skip }, async () => {
  const roots = new Map(
    (await allSchemas())
      .filter(({ apiVersion }) => apiVersion !== undefined)
      .map((schema) => [`${schema.apiVersion}/${shortNameOf(schema)}`, schema]),
  )
  for (const file of globSync('oracle/*.jsonl.gz', { cwd: reference })) {
    for (const line of gunzipSync(readFileSync(new URL(file, reference)))
      .toString()
      .trim()
      .split(/\n(?=\{"topic")/)) {
      const body = (JSON.parse(line.replaceAll('\n', '\\n')) as Recorded).response?.body
      const schema = roots.get(`${body?.apiVersion}/${body?.kind}`)
      if (body === undefined || schema === undefined || body.kind === 'Status') continue
      assert.equal(JSON.stringify(wireForm(schema, decode(schema, body))), JSON.stringify(body))
      assert.deepEqual(unknownFields(schema, body), [])
    }
  }
})
