/** Discovery against what upstream answers with every version turned on: groups, versions, resources, subresources, verbs and names. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { builtinKinds } from '#kinds/builtin-kinds'
import { optionalKinds } from '#kinds/optional-kinds'
import { apiGroupsOf } from './api-groups.ts'
import { aggregatedDocument, groupListDocument } from './discovery.ts'

const reference = new URL('../../../../shared/reference/', import.meta.url)
const skip = existsSync(reference) ? false : 'the reference data (../shared) is not here'

/** What is not served yet. */
const missing: readonly string[] = ['apiextensions.k8s.io']

const groups = apiGroupsOf([...builtinKinds, ...optionalKinds.map(({ kind }) => kind)])

type Named = { readonly metadata: { readonly name?: string } }
type Document = { readonly items: readonly Named[] }

function itemsOf(document: unknown): ReadonlyMap<string, Named> {
  const { items } = JSON.parse(JSON.stringify(document)) as Document
  return new Map(items.map((item) => [item.metadata.name ?? '', item]))
}

for (const [file, isCore] of [
  ['discovery-aggregated-v2.json', false],
  ['discovery-aggregated-v2-core.json', true],
] as const) {
  test(`the aggregated document equals ${file}`, { skip }, () => {
    const want = itemsOf(JSON.parse(readFileSync(new URL(file, reference), 'utf8')))
    const got = itemsOf(aggregatedDocument(groups, isCore))
    assert.ok(want.size > 0)
    for (const [name, group] of want) if (!missing.includes(name)) assert.deepEqual(got.get(name), group, name)
    assert.deepEqual(
      [...got.keys()],
      [...want.keys()].filter((name) => !missing.includes(name)),
    )
  })
}

test('every resource of the surface is served with its verbs', { skip }, () => {
  const [, ...rows] = readFileSync(new URL('api-surface.tsv', reference), 'utf8').trim().split('\n')
  assert.ok(rows.length > 140)
  for (const row of rows) {
    const [group = '', version, , resource, subresource = '-', kindName, , verbs = ''] = row.split('\t')
    if (missing.includes(group)) continue
    const served = groups.find(({ name }) => name === (group === 'core' ? '' : group))?.versions.find((one) => one.version === version)
    const kind = served?.kinds.find(({ plural }) => plural === resource)
    assert.ok(kind, row)
    if (subresource === '-') assert.deepEqual([kind.kind, [...kind.verbs].sort()], [kindName, verbs.split(',').sort()], row)
    else
      assert.ok(
        kind.subresources.some(({ name }) => name === subresource),
        row,
      )
  }
})

test('the preferred version of a group is its most stable one', () => {
  const { groups: listed } = groupListDocument(groups) as {
    readonly groups: readonly { readonly name: string; readonly preferredVersion: unknown }[]
  }
  const preferred = (name: string) => listed.find((group) => group.name === name)?.preferredVersion
  assert.deepEqual(preferred('autoscaling'), { groupVersion: 'autoscaling/v2', version: 'v2' })
  assert.deepEqual(preferred('resource.k8s.io'), { groupVersion: 'resource.k8s.io/v1', version: 'v1' })
  assert.deepEqual(preferred('coordination.k8s.io'), { groupVersion: 'coordination.k8s.io/v1', version: 'v1' })
})
