/** The OpenAPI documents against those that upstream publishes of v1.36: path by path, schema by schema, but for texts. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { TokenRequest } from '#kinds/authentication/schema.gen'
import { Scale } from '#kinds/autoscaling/schema.v1.gen'
import { builtinKinds } from '#kinds/builtin-kinds'
import { Binding } from '#kinds/core/schema.gen'
import { optionalKinds } from '#kinds/optional-kinds'
import { Eviction } from '#kinds/policy/schema.gen'
import { isJsonObject, type JsonObject } from '#meta/schema/go-type'
import type { Schema } from '#meta/schema/schema'
import { apiGroupsOf } from '../discovery/api-groups.ts'
import { documentParts, documentV2, documentV3 } from './documents.ts'

const reference = new URL('../../../../shared/reference/', import.meta.url)
const skip = existsSync(reference) ? false : 'the reference data (../shared) is not here'

/** What is not served yet. */
const missing = /^apis\/apiextensions\.k8s\.io|^logs$/

const kinds = [...builtinKinds, ...optionalKinds.map(({ kind }) => kind)]
const further: Readonly<Record<string, Schema>> = { TokenRequest, Scale, Binding, Eviction }
const schemaOf = (apiVersion: string, name: string) =>
  kinds.find((kind) => kind.apiVersion === apiVersion && kind.kind === name)?.schema ?? further[name]
const deps = { describe: () => undefined, schemaOf }
const parts = documentParts(apiGroupsOf(kinds), deps)

function readJson(text: Uint8Array | string): JsonObject {
  const value: unknown = JSON.parse(text.toString())
  assert.ok(isJsonObject(value))
  return value
}

/** Without texts and the list of values, which published documents leave out; a single `allOf` says the same as what is in it. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare)
  if (!isJsonObject(value)) return value
  const kept = Object.entries(value).filter(([key, inner]) => !(key === 'description' && typeof inner === 'string') && !isEnum(key, inner))
  const { allOf, ...rest } = Object.fromEntries(kept.map(([key, inner]) => [key, bare(inner)]))
  if (allOf === undefined) return rest
  return Object.keys(rest).length === 0 && Array.isArray(allOf) ? allOf[0] : { ...rest, allOf }
}

function isEnum(key: string, value: unknown): boolean {
  return key === 'enum' && Array.isArray(value)
}

/** The files of a tar archive, by their last name. */
function filesOf(archive: Uint8Array): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  const text = (from: number, to: number) => Buffer.from(archive.subarray(from, to)).toString().replace(/\0.*$/s, '')
  for (let at = 0; at + 512 <= archive.length; ) {
    const name = text(at, at + 100)
    const size = Number.parseInt(text(at + 124, at + 136), 8) || 0
    if (name.endsWith('.json')) files.set(name.slice(name.lastIndexOf('/') + 1), text(at + 512, at + 512 + size))
    at += 512 + Math.ceil(size / 512) * 512
  }
  return files
}

test('every document of version 3 equals the published one', { skip }, () => {
  const files = filesOf(gunzipSync(readFileSync(new URL('kubernetes-1.36-openapi-v3.tar.gz', reference))))
  assert.ok(files.size > 60)
  for (const [file, text] of files) {
    const name = file.replace('_openapi.json', '').replaceAll('__', '/')
    if (missing.test(name)) continue
    const part = parts.get(name)
    assert.ok(part, `there is no document ${name}`)
    const { info: _, ...want } = readJson(text)
    const { info: __, ...got } = readJson(JSON.stringify(documentV3(part(), deps)))
    assert.deepEqual(bare(got), bare(want), name)
  }
})

/** Parameters stand at their operations, in one order. */
function inlined(document: JsonObject): unknown {
  const shared = isJsonObject(document['parameters']) ? document['parameters'] : {}
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve)
    if (!isJsonObject(value)) return value
    const { $ref } = value
    if (typeof $ref === 'string' && $ref.startsWith('#/parameters/')) return shared[$ref.slice('#/parameters/'.length)]
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, sortedList(key, resolve(inner))]))
  }
  return resolve(document['paths'])
}

function sortedList(key: string, value: unknown): unknown {
  if (!Array.isArray(value) || !['parameters', 'produces', 'consumes'].includes(key)) return value
  const text = (entry: unknown) => (isJsonObject(entry) ? `${entry['name']} ${entry['in']}` : String(entry))
  return value.toSorted((a, b) => (text(a) < text(b) ? -1 : 1))
}

test('the document of version 2 has the paths of the published one', { skip }, () => {
  const published = readJson(gunzipSync(readFileSync(new URL('kubernetes-1.36-openapi-v2.json.gz', reference))))
  const own = [...parts.values()].map((part) => part())
  const [want, got] = [published, readJson(JSON.stringify(documentV2(own, deps)))].map((document) => bare(inlined(document)))
  assert.ok(isJsonObject(want) && isJsonObject(got))
  for (const [path, item] of Object.entries(want)) {
    if (missing.test(path.replace(/^\/|\/$/g, '')) || path.startsWith('/logs/')) continue
    assert.deepEqual(got[path], item, path)
  }
})
