/** What cases are made of: the round-trip corpus with every field filled in, and small valid objects, both by the resource that takes them. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { parseYamlDocuments } from '#base/encoding/yaml'
import { builtinKinds } from '#kinds/builtin-kinds'
import type { Kind } from '#meta/kind'

/** The namespace that all cases write to. */
export const fuzzNamespace = 'fuzz'

export type Sample = {
  readonly kind: Kind
  readonly object: Readonly<Record<string, unknown>>
  /** Only of the filled ones. */
  readonly protobuf?: Uint8Array
}

/** `filled` has all fields, and no validation lets it through; `valid` is taken as it is. */
export type Corpus = { readonly filled: readonly Sample[]; readonly valid: readonly Sample[]; readonly kinds: readonly Kind[] }

type CorpusLine = { readonly json: string; readonly protobuf: string }

export function loadCorpus(): Corpus {
  const kinds = builtinKinds.filter(({ verbs }) => verbs.length > 0)
  return { kinds, filled: filledSamples(kinds), valid: validSamples(kinds) }
}

function filledSamples(kinds: readonly Kind[]): readonly Sample[] {
  const file = new URL('../../src/kinds/testdata/api-roundtrip.jsonl.gz', import.meta.url)
  const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n')
  return lines.flatMap((line) => {
    const { json, protobuf } = JSON.parse(line) as CorpusLine
    const object = JSON.parse(json) as Record<string, unknown>
    return kindsOf(kinds, object).map((kind) => ({ kind, object, protobuf: Buffer.from(protobuf, 'base64') }))
  })
}

function validSamples(kinds: readonly Kind[]): readonly Sample[] {
  const text = readFileSync(new URL('valid-objects.yaml', import.meta.url), 'utf8')
  return parseYamlDocuments(text).flatMap((document) => {
    const object = document as Record<string, unknown>
    return kindsOf(kinds, object).map((kind) => ({ kind, object }))
  })
}

function kindsOf(kinds: readonly Kind[], object: Readonly<Record<string, unknown>>): readonly Kind[] {
  return kinds.filter(({ apiVersion, kind }) => apiVersion === object['apiVersion'] && kind === object['kind'])
}

/** Where objects of the kind are created and listed. */
export function collectionPath({ group, version, scope, plural }: Kind): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  return scope === 'Namespaced' ? `${root}/namespaces/${fuzzNamespace}/${plural}` : `${root}/${plural}`
}
