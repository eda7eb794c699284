/** Sets of fields: the algebra, and the order in which they are written. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { difference, type FieldSet, intersection, isWithin, pathsOf, recursiveDifference, setOfPath, sorted, union } from './field-set.ts'
import { pathText } from './path-element.ts'

const element = fc.constantFrom('f:a', 'f:b', 'k:{"name":"c"}', 'v:"x"')
const path = fc.array(element, { minLength: 1, maxLength: 3 })
const paths = fc.array(path, { maxLength: 6 })

function setOf(list: readonly (readonly string[])[]): FieldSet {
  return list.reduce<FieldSet>((set, one) => union(set, setOfPath(one)), {})
}

function textsOf(set: FieldSet): ReadonlySet<string> {
  return new Set(Array.from(pathsOf(set), (one) => one.join('/')))
}

test('a set holds the paths that it was made of, each once', () => {
  fc.assert(fc.property(paths, (list) => assert.deepEqual(textsOf(setOf(list)), new Set(list.map((one) => one.join('/'))))))
})

for (const [name, ofTrees, ofTexts] of [
  ['union', union, (a, b) => a.union(b)],
  ['intersection', intersection, (a, b) => a.intersection(b)],
  ['difference', difference, (a, b) => a.difference(b)],
] as const satisfies readonly (readonly [
  string,
  (a: FieldSet, b: FieldSet) => FieldSet,
  (a: ReadonlySet<string>, b: ReadonlySet<string>) => ReadonlySet<string>,
])[]) {
  test(`${name} of trees is ${name} of their paths`, () => {
    fc.assert(
      fc.property(paths, paths, (a, b) => {
        const [left, right] = [setOf(a), setOf(b)]
        assert.deepEqual(textsOf(ofTrees(left, right)), ofTexts(textsOf(left), textsOf(right)))
      }),
    )
  })
}

test('a recursive difference takes what is below along', () => {
  fc.assert(
    fc.property(paths, paths, (a, b) => {
      const gone = [...textsOf(setOf(b))]
      const isGone = (text: string) => gone.some((one) => text === one || text.startsWith(`${one}/`))
      const want = [...textsOf(setOf(a))].filter((text) => !isGone(text))
      assert.deepEqual(textsOf(recursiveDifference(setOf(a), setOf(b))), new Set(want))
    }),
  )
})

test('one set is within another if nothing is left of it without the other', () => {
  fc.assert(
    fc.property(paths, paths, (a, b) => {
      const [left, right] = [setOf(a), setOf(b)]
      assert.equal(isWithin(left, right), textsOf(difference(left, right)).size === 0)
    }),
  )
})

test('the field itself comes first, then fields, then entries by their keys as numbers or texts', () => {
  const set = {
    'k:{"port":443,"protocol":"TCP"}': {},
    'f:b': { 'f:z': {}, '.': {} },
    'k:{"port":80,"protocol":"UDP"}': {},
    'f:a': {},
    'v:"x"': {},
    'k:{"port":80,"protocol":"TCP"}': {},
  }
  const text =
    '{"f:a":{},"f:b":{".":{},"f:z":{}},"k:{\\"port\\":80,\\"protocol\\":\\"TCP\\"}":{},"k:{\\"port\\":80,\\"protocol\\":\\"UDP\\"}":{},"k:{\\"port\\":443,\\"protocol\\":\\"TCP\\"}":{},"v:\\"x\\"":{}}'
  assert.equal(JSON.stringify(sorted(set)), text)
})

test('a path reads as in upstream’s messages', () => {
  const deep = ['f:spec', 'f:containers', 'k:{"name":"c"}', 'f:ports', 'k:{"containerPort":80,"protocol":"TCP"}', 'f:name']
  assert.equal(pathText(deep), '.spec.containers[name="c"].ports[containerPort=80,protocol="TCP"].name')
  assert.equal(pathText(['f:metadata', 'f:finalizers', 'v:"a/b"']), '.metadata.finalizers[="a/b"]')
})
