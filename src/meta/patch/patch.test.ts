import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { array, definitionsOf, field, int32, map, string } from '../schema/build.ts'
import type { JsonObject } from '../schema/go-type.ts'
import { applyJsonPatch, parseJsonPatch } from './json-patch.ts'
import { applyMergePatch, mergePatchBetween, parseMergePatch, threeWayMergePatch } from './merge-patch.ts'
import { PatchError } from './patch-error.ts'
import { applyStrategicPatch } from './strategic-apply.ts'
import { strategicPatchBetween, threeWayStrategicPatch } from './strategic-diff.ts'

const define = definitionsOf('test.v1')
const Env = define('Env', () => ({ name: string, value: string }))
const Item = define('Item', () => ({
  name: string,
  image: string,
  env: array(Env, { patchStrategy: ['merge'], patchMergeKey: 'name' }),
  args: array(string),
}))
const Strategy = define('Strategy', () => ({ type: string, rolling: string }))
const Spec = define('Spec', () => ({
  items: array(Item, { patchStrategy: ['merge'], patchMergeKey: 'name' }),
  volumes: array(map(string), { patchStrategy: ['merge', 'retainKeys'], patchMergeKey: 'name' }),
  finalizers: array(string, { patchStrategy: ['merge'] }),
  strategy: field(Strategy, { patchStrategy: ['retainKeys'] }),
  labels: map(string),
  replicas: int32,
}))

const abc = { items: [{ name: 'a', image: '1' }, { name: 'b' }, { name: 'c' }] }

for (const [why, target, patch, want] of [
  [
    'entries merge by key',
    abc,
    { items: [{ name: 'b', image: '2' }] },
    { items: [{ name: 'a', image: '1' }, { name: 'b', image: '2' }, { name: 'c' }] },
  ],
  ['a new entry stands first, since it has no place yet', abc, { items: [{ name: 'n' }] }, { items: [{ name: 'n' }, ...abc.items] }],
  [
    'a list that is new is taken as it stands, even with a key twice',
    {},
    {
      items: [
        { name: 'a', image: '1' },
        { name: 'a', image: '2' },
      ],
    },
    {
      items: [
        { name: 'a', image: '1' },
        { name: 'a', image: '2' },
      ],
    },
  ],
  ['an entry is deleted', abc, { items: [{ name: 'b', $patch: 'delete' }] }, { items: [{ name: 'a', image: '1' }, { name: 'c' }] }],
  ['a list is replaced', abc, { items: [{ name: 'x' }, { $patch: 'replace' }] }, { items: [{ name: 'x' }] }],
  [
    'an order is set',
    abc,
    { '$setElementOrder/items': [{ name: 'c' }, { name: 'a' }, { name: 'b' }] },
    { items: [{ name: 'c' }, { name: 'a', image: '1' }, { name: 'b' }] },
  ],
  ['an order of what is nowhere says nothing', abc, { '$setElementOrder/finalizers': ['a'] }, abc],
  [
    'an order counts for what is no directive',
    abc,
    { '$setElementOrder/items': [{ name: 'a' }], items: [{ $patch: 'delete', name: 'b' }] },
    { items: [{ name: 'a', image: '1' }, { name: 'c' }] },
  ],
  ['null removes', { labels: { a: '1', b: '2' } }, { labels: { a: null } }, { labels: { b: '2' } }],
  ['a map is replaced', { labels: { a: '1' } }, { labels: { $patch: 'replace', b: '2' } }, { labels: { b: '2' } }],
  ['a map is emptied', { labels: { a: '1' } }, { labels: { $patch: 'delete' } }, { labels: {} }],
  [
    'retained keys',
    { volumes: [{ name: 'v', secret: 's' }] },
    { volumes: [{ name: 'v', dir: 'd', $retainKeys: ['name', 'dir'] }] },
    { volumes: [{ name: 'v', dir: 'd' }] },
  ],
  ['scalars unite', { finalizers: ['a', 'b'] }, { finalizers: ['c'] }, { finalizers: ['c', 'a', 'b'] }],
  ['scalars are deleted', { finalizers: ['a', 'b'] }, { '$deleteFromPrimitiveList/finalizers': ['a'] }, { finalizers: ['b'] }],
  [
    'an atomic list is replaced',
    { items: [{ name: 'a', args: ['1'] }] },
    { items: [{ name: 'a', args: ['2'] }] },
    { items: [{ name: 'a', args: ['2'] }] },
  ],
] satisfies readonly (readonly [string, JsonObject, JsonObject, JsonObject])[]) {
  test(`applyStrategicPatch: ${why}`, () => assert.deepEqual(applyStrategicPatch(Spec, target, patch), want))
}

for (const [why, patch, message] of [
  ['an unknown directive', { items: [{ name: 'a', $patch: 'eat' }] }, 'unknown patch type: eat in map: map[$patch:eat name:a]'],
  ['an order of what is removed', { '$setElementOrder/items': [], items: null }, 'expected a []interface {}, but received a %!s(<nil>)'],
  [
    'an entry without key in a replaced list',
    { items: [{ $patch: 'replace' }, {}] },
    'map: map[] does not contain declared merge key: name',
  ],
  ['an entry without key', { items: [{ image: 'x' }] }, 'map: map[image:x] does not contain declared merge key: name'],
  [
    'an order that lacks an entry',
    { '$setElementOrder/items': [{ name: 'c' }], items: [{ name: 'z', image: 'x' }] },
    "The order in patch list:\n[map[image:x name:z]]\n doesn't match $setElementOrder list:\n[map[name:c]]\n",
  ],
] satisfies readonly (readonly [string, JsonObject, string])[]) {
  test(`applyStrategicPatch refuses ${why}`, () =>
    assert.throws(() => applyStrategicPatch(Spec, abc, patch), new PatchError('contradictory', message)))
}

test('threeWayStrategicPatch: what others wrote stays, what the user dropped goes', () => {
  const original = { replicas: 1, items: [{ name: 'a', image: '1' }, { name: 'b' }] }
  const modified = { items: [{ name: 'a', image: '2' }] }
  const current = { replicas: 3, items: [{ name: 'a', image: '1', args: ['x'] }, { name: 'b' }, { name: 'sidecar' }] }
  const patch = threeWayStrategicPatch(Spec, original, modified, current)
  assert.deepEqual(patch, {
    replicas: null,
    '$setElementOrder/items': [{ name: 'a' }],
    items: [
      { image: '2', name: 'a' },
      { $patch: 'delete', name: 'b' },
    ],
  })
  assert.deepEqual(applyStrategicPatch(Spec, current, patch), { items: [{ name: 'a', image: '2', args: ['x'] }, { name: 'sidecar' }] })
})

test('threeWayStrategicPatch: nothing to do is an empty patch, whatever others added', () => {
  const applied = { items: [{ name: 'a', image: '1' }] }
  assert.deepEqual(
    threeWayStrategicPatch(Spec, applied, applied, { items: [{ name: 'z' }, { name: 'a', image: '1', args: ['d'] }], replicas: 1 }),
    {},
  )
})

const names = fc.constantFrom('a', 'b', 'c', 'd')
const optional = { requiredKeys: [] }
const anEnv = fc.record({ name: names, value: names })
const keyedList = <T extends { name?: string | undefined }>(item: fc.Arbitrary<T>) =>
  fc.uniqueArray(item, { selector: ({ name }) => name, maxLength: 4 })
const anItem = fc.record(
  { name: names, image: names, env: keyedList(anEnv), args: fc.array(names, { maxLength: 3 }) },
  { requiredKeys: ['name'] },
)
const aSpec = fc.record(
  {
    items: keyedList(anItem),
    volumes: keyedList(fc.record({ name: names, dir: names, secret: names }, { requiredKeys: ['name'] })),
    finalizers: fc.uniqueArray(names),
    strategy: fc.record({ type: names, rolling: names }, optional),
    labels: fc.dictionary(names, names),
    replicas: fc.integer(),
  },
  optional,
)
const plain = (value: JsonObject): JsonObject => JSON.parse(JSON.stringify(value))

test('strategicPatchBetween: applying the difference of two objects to the first gives the second', () => {
  fc.assert(
    fc.property(aSpec, aSpec, (a, b) => {
      const [from, to] = [plain(a), plain(b)]
      assert.deepEqual(applyStrategicPatch(Spec, from, strategicPatchBetween(Spec, from, to)), to)
    }),
  )
})

test('mergePatchBetween: applying the difference of two objects to the first gives the second', () => {
  fc.assert(
    fc.property(aSpec, aSpec, (a, b) => {
      const [from, to] = [plain(a), plain(b)]
      assert.deepEqual(applyMergePatch(from, mergePatchBetween(from, to)), to)
    }),
  )
})

test('threeWayMergePatch: deletes what was dropped, sets what differs, leaves the rest', () => {
  const patch = threeWayMergePatch({ a: 1, b: { c: 1, d: 1 } }, { b: { c: 2 } }, { a: 1, b: { c: 1, d: 1, e: 1 }, f: 1 })
  assert.deepEqual(patch, { a: null, b: { c: 2, d: null } })
})

test('parseMergePatch refuses a list in upstream words', () => {
  assert.throws(() => parseMergePatch([]), {
    message: 'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
  })
})

const document = { kind: 'X', data: { a: '1', 'b/c': '2' }, list: [1, 2, 3] }
for (const [why, operation, want] of [
  ['add', { op: 'add', path: '/data/n', value: 'v' }, { ...document, data: { ...document.data, n: 'v' } }],
  ['an escaped path', { op: 'remove', path: '/data/b~1c' }, { ...document, data: { a: '1' } }],
  [
    'replace of a missing member adds it',
    { op: 'replace', path: '/data/z', value: 'q' },
    { ...document, data: { ...document.data, z: 'q' } },
  ],
  ['the root', { op: 'replace', path: '', value: { x: 1 } }, { x: 1 }],
  ['a negative index', { op: 'remove', path: '/list/-1' }, { ...document, list: [1, 2] }],
  ['a path without leading slash loses its first part', { op: 'add', path: 'data/x', value: 'y' }, { ...document, x: 'y' }],
] satisfies readonly (readonly [string, JsonObject, unknown])[]) {
  test(`applyJsonPatch: ${why}`, () => assert.deepEqual(applyJsonPatch(document, parseJsonPatch([operation])), want))
}

for (const [why, operation] of [
  ['a failed test', { op: 'test', path: '/data/a', value: 'no' }],
  ['removal of what is not there', { op: 'remove', path: '/data/zzz' }],
  ['a missing parent', { op: 'add', path: '/nope/x', value: 1 }],
  ['an unknown operation', { op: 'eat', path: '/data/a' }],
  ['no operation', { path: '/data/a' }],
] satisfies readonly (readonly [string, JsonObject])[]) {
  test(`applyJsonPatch refuses ${why}`, () => {
    assert.throws(() => applyJsonPatch(document, parseJsonPatch([operation])), {
      fault: 'unprocessable',
      message: 'the server rejected our request due to an error in our request',
    })
  })
}

test('parseJsonPatch refuses an object, and more operations than 10,000', () => {
  assert.throws(() => parseJsonPatch({ op: 'add' }), {
    message: 'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
  })
  assert.throws(() => parseJsonPatch(Array.from({ length: 10_001 }, () => ({}))), { fault: 'too-large' })
})

test('names that every object answers to are keys like any other, and no patch reaches a prototype', () => {
  const hostile: JsonObject = JSON.parse(
    '{"__proto__":{"toString":null,"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":{"x":1}}',
  )
  const given: JsonObject = JSON.parse('{"a":{"b":"c"}}')
  const kept = Reflect.ownKeys(Object.prototype)
  const want = ['a', '__proto__', 'constructor', 'toString']
  const schema = { type: 'object' } as const
  assert.deepEqual(Object.keys(applyStrategicPatch(schema, given, hostile)), want)
  assert.deepEqual(Object.keys(applyMergePatch(given, hostile) as JsonObject), want)
  assert.deepEqual(Object.keys(threeWayMergePatch({}, hostile, given)), want.slice(1))
  for (const path of ['/__proto__/polluted', '/constructor/prototype/polluted', '/toString/x']) {
    assert.throws(() => applyJsonPatch(given, parseJsonPatch([{ op: 'add', path, value: 1 }])), { fault: 'unprocessable' })
  }
  assert.deepEqual(Reflect.ownKeys(Object.prototype), kept)
})
