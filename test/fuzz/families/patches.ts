/** Patches of all four sorts against objects that are there, and some that are not. */
import { collectionPath } from '../corpus.ts'
import type { Draw } from '../draw.ts'
import type { Family, Source } from '../fuzz-case.ts'
import { encodeText, oddNumbers, oddString, prototypeNames, scalarText } from '../hostile-values.ts'
import { jsonOf, placesOf, type Tree, treeOf, yamlOf } from '../json-tree.ts'
import { damageText, mutate } from '../mutate.ts'
import { named, nameOf, requestOf, sampleOf } from './request-parts.ts'

function patchOf(source: Source, contentType: string, query: string, bodyOf: (object: Record<string, unknown>) => string) {
  const { draw } = source
  const sample = sampleOf(source)
  const name = nameOf(source)
  const subresource = draw.oneIn(5) ? draw.oneOf(['/status', '/scale', '/ephemeralcontainers', '/resize']) : ''
  const text = damageText(draw, bodyOf(named(sample, name)))
  const path = `${collectionPath(sample.kind)}/${name}${subresource}`
  return requestOf(source, 'PATCH', path, { contentType, body: encodeText(text), ...(query === '' ? {} : { query }) })
}

export const jsonPatch: Family = (source) =>
  patchOf(source, 'application/json-patch+json', '', (object) => {
    const { draw } = source
    if (draw.oneIn(30)) return draw.oneOf(jsonPatchBombs)(draw)
    const pointers = pointersOf(object)
    const operations = draw.times(1 + draw.skewed(draw.oneIn(40) ? 2000 : 5), () => operation(draw, pointers))
    const tree = treeOf(operations)
    if (draw.oneIn(3)) mutate(draw, tree)
    return jsonOf(tree)
  })

function operation(draw: Draw, pointers: readonly string[]): Readonly<Record<string, unknown>> {
  const pointer = () => (draw.oneIn(3) ? oddPointer(draw, pointers) : draw.oneOf(pointers))
  const value = draw.oneOf<unknown>([null, 1, 'x', [], {}, { a: { b: [1] } }, [{}], { ['__proto__x']: 1 }])
  return {
    op: draw.oneOf(['add', 'remove', 'replace', 'move', 'copy', 'test']),
    path: pointer(),
    ...(draw.oneIn(2) ? { from: pointer() } : {}),
    value,
  }
}

function oddPointer(draw: Draw, pointers: readonly string[]): string {
  const base = draw.oneOf(pointers)
  const suffixes = [
    '/-',
    '/0',
    '/-1',
    '/01',
    '/1e1',
    '/999999999999',
    '/~',
    '/~2',
    '/~0~1',
    '//',
    '/ ',
    ...prototypeNames.map((name) => `/${name}`),
  ]
  return draw.oneIn(4)
    ? draw.oneOf(['', '/', 'a', '/__proto__/polluted', '/constructor/prototype/polluted', '/metadata/__proto__'])
    : base + draw.oneOf(suffixes)
}

function pointersOf(value: unknown, at = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [at]
  return [
    at,
    ...Object.entries(value).flatMap(([key, inner]) => pointersOf(inner, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)),
  ]
}

const jsonPatchBombs: readonly ((draw: Draw) => string)[] = [
  (draw) => JSON.stringify(Array(9990 + draw.below(20)).fill({ op: 'test', path: '/kind', value: 'x' })),
  // Each copy doubles what is there.
  (draw) =>
    JSON.stringify([
      { op: 'add', path: '/metadata/annotations', value: { a: 'x'.repeat(1000) } },
      ...draw.times(draw.below(60), () => ({ op: 'copy', from: '/metadata', path: `/metadata/annotations/${draw.below(1e6)}` })),
    ]),
  (draw) => JSON.stringify(draw.times(draw.below(2000), () => ({ op: 'add', path: '/metadata/finalizers/-', value: 'a/b' }))),
  (draw) => JSON.stringify([{ op: 'add', path: `/metadata${'/a'.repeat(draw.skewed(20_000))}`, value: 1 }]),
]

export const mergePatch: Family = (source) =>
  patchOf(source, 'application/merge-patch+json', '', (object) => {
    const tree = partOf(source.draw, object)
    mutate(source.draw, tree)
    return jsonOf(tree)
  })

export const strategicPatch: Family = (source) =>
  patchOf(source, 'application/strategic-merge-patch+json', '', (object) => {
    const { draw } = source
    const tree = partOf(draw, object)
    for (let count = draw.below(4); count > 0; count--) addDirective(draw, tree)
    if (!draw.oneIn(3)) mutate(draw, tree)
    return jsonOf(tree)
  })

function addDirective(draw: Draw, tree: Tree): void {
  const owners = [tree, ...placesOf(tree).map(({ value }) => value)].filter((owner) => owner.type === 'object')
  if (owners.length === 0) return
  const owner = draw.oneOf(owners)
  const field = owner.entries.length === 0 ? 'a' : draw.oneOf(owner.entries)[0]
  const anything = () =>
    treeOf(
      draw.oneOf<unknown>([
        null,
        'delete',
        'replace',
        'merge',
        'x',
        1,
        [],
        ['a'],
        [{ name: 'a' }, { name: 'main' }],
        {},
        [null],
        [[]],
        [1],
      ]),
    )
  const name = draw.oneOf([
    '$patch',
    '$retainKeys',
    `$setElementOrder/${field}`,
    `$deleteFromPrimitiveList/${field}`,
    '$setElementOrder/',
    '$setElementOrder',
    '$x',
    `$patch/${field}`,
  ])
  owner.entries.push([name, anything()])
}

export const applyPatch: Family = (source) => {
  const { draw } = source
  const query = draw.oneOf([
    'fieldManager=one',
    'fieldManager=two&force=true',
    'fieldManager=one&force=true&dryRun=All',
    'fieldManager=one&fieldValidation=Strict',
    '',
    'force=true',
    `fieldManager=${encodeURIComponent(oddString(draw).toWellFormed().slice(0, 300))}`,
  ])
  return patchOf(source, 'application/apply-patch+yaml', query, (object) => {
    const tree = draw.oneIn(2) ? treeOf(object) : withIdentity(partOf(draw, object), object)
    if (!draw.oneIn(3)) mutate(draw, tree)
    if (draw.oneIn(6)) addManagedFields(draw, tree)
    return draw.oneIn(2) ? jsonOf(tree) : yamlOf(tree)
  })
}

function withIdentity(tree: Tree, object: Readonly<Record<string, unknown>>): Tree {
  if (tree.type !== 'object') return tree
  const identity = treeOf({ apiVersion: object['apiVersion'], kind: object['kind'] })
  return {
    type: 'object',
    entries: [
      ...(identity.type === 'object' ? identity.entries : []),
      ...tree.entries.filter(([key]) => key !== 'apiVersion' && key !== 'kind'),
    ],
  }
}

/** Ownership as a client may send it, and as none should. */
function addManagedFields(draw: Draw, tree: Tree): void {
  const metadata = tree.type === 'object' ? tree.entries.find(([key]) => key === 'metadata')?.[1] : undefined
  if (metadata?.type !== 'object') return
  const path = draw.oneOf([
    'f:spec',
    'f:',
    'k:{',
    'k:{"name":"a"}',
    'k:{"__proto__":1}',
    'v:1',
    'v:x',
    'i:-1',
    'i:x',
    '.',
    'x',
    ...prototypeNames,
  ])
  const fields = draw.oneOf<unknown>([{}, { [path]: {} }, { 'f:metadata': { [path]: { '.': {} } } }, null, [], 'x', { [path]: 1 }])
  const entry = {
    manager: draw.oneOf(['one', '', 'x'.repeat(129)]),
    operation: draw.oneOf(['Apply', 'Update', 'x']),
    apiVersion: draw.oneOf(['v1', '', 'x/y/z']),
    time: scalarText(draw, 'time'),
    fieldsType: draw.oneOf(['FieldsV1', 'x', '']),
    fieldsV1: fields,
  }
  metadata.entries.push(['managedFields', treeOf(draw.oneOf<unknown>([[entry], [entry, entry], [{}], null, []]))])
}

/** Some fields of the object, as who changes little sends them. */
function partOf(draw: Draw, object: Readonly<Record<string, unknown>>): Tree {
  const tree = treeOf(object)
  const places = placesOf(tree)
  for (let count = draw.skewed(places.length + 1); count > 0; count--) {
    const { owner, index } = draw.oneOf(places)
    if (owner.type === 'object') owner.entries.splice(index, 1)
  }
  const left = placesOf(tree)
  if (left.length > 0 && draw.oneIn(3)) draw.oneOf(left).set({ type: 'raw', text: draw.oneOf(['null', ...oddNumbers]) })
  return tree
}
