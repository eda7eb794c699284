import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatFieldSelector, matchesFields, parseFieldSelector, requiredFieldValue } from './fields.ts'

for (const [text, want] of [
  ['', []],
  ['a=b', [{ field: 'a', operator: '=', value: 'b' }]],
  [
    'a==b,c!=d',
    [
      { field: 'a', operator: '=', value: 'b' },
      { field: 'c', operator: '!=', value: 'd' },
    ],
  ],
  ['a=', [{ field: 'a', operator: '=', value: '' }]],
  ['a=x\\,y\\=z', [{ field: 'a', operator: '=', value: 'x,y=z' }]],
] as const) {
  test(`"${text}" is read as ${JSON.stringify(want)}`, () => assert.deepEqual(parseFieldSelector(text), want))
}

test('what makes no sense is refused', () => {
  assert.throws(() => parseFieldSelector('a'), { message: "invalid selector: 'a'; can't understand 'a'" })
  assert.throws(() => parseFieldSelector('a=b=c'), /unescaped character in value: =/)
})

test('requirements are joined by and', () => {
  const fields = new Map([['status.phase', 'Running']])
  const valueOf = (field: string) => fields.get(field) ?? ''
  assert.equal(matchesFields(parseFieldSelector('status.phase=Running,spec.nodeName!=a'), valueOf), true)
  assert.equal(matchesFields(parseFieldSelector('status.phase!=Running'), valueOf), false)
})

test('a selector is written as it is read', () => {
  assert.equal(formatFieldSelector(parseFieldSelector('a=x\\,y,b!=c')), 'a=x\\,y,b!=c')
  assert.equal(requiredFieldValue(parseFieldSelector('metadata.name=x'), 'metadata.name'), 'x')
})
