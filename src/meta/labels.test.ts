import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatLabelSelector, formatLabels, formatSelector, matches, nothing, parseSelector, selectorOf, selectorOfMap } from './labels.ts'

for (const [text, formatted, yes, no] of [
  ['', '', {}, undefined],
  ['a=b', 'a=b', { a: 'b' }, { a: 'c' }],
  ['a==b', 'a==b', { a: 'b' }, {}],
  ['a!=b', 'a!=b', {}, { a: 'b' }],
  ['a in (y, x)', 'a in (x,y)', { a: 'x' }, { a: 'z' }],
  ['a notin (x)', 'a notin (x)', {}, { a: 'x' }],
  ['z,!a', '!a,z', { z: '' }, { z: '', a: '' }],
  ['a>1', 'a>1', { a: '2' }, { a: '1' }],
  ['a<10', 'a<10', { a: '9' }, { a: 'x' }],
  ['a=', 'a=', { a: '' }, {}],
  ['a in (x,)', 'a in (,x)', { a: '' }, { a: 'y' }],
  ['in in (in)', 'in in (in)', { in: 'in' }, {}],
] as const) {
  test(`the selector "${text}" matches what it says`, () => {
    const selector = parseSelector(text)
    assert.equal(formatSelector(selector), formatted)
    assert.equal(matches(selector, yes), true)
    if (no !== undefined) assert.equal(matches(selector, no), false)
  })
}

for (const [text, message] of [
  ['a===b', "unable to parse requirement: found '=', expected: identifier"],
  ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
  ['!', "unable to parse requirement: found '', expected: identifier"],
  ['n in (1', "unable to parse requirement: found '', expected: ',' or ')'"],
  ['n in 1', "unable to parse requirement: found '1' expected: '('"],
  ['a=b c', "found 'c', expected: ',' or 'end of string'"],
  ['n>abc', "unable to parse requirement: values[0]: Invalid value: \"abc\": for 'Gt', 'Lt' operators, the value must be an integer"],
  [',', "found ',', expected: !, identifier, or 'end of string'"],
  ['n=1,', "found '', expected: identifier after ','"],
  ['n gt 1', "unable to parse requirement: found 'gt', expected: in, notin, =, ==, !=, gt, lt"],
] as const) {
  test(`the selector "${text}" is refused in upstream's words`, () => {
    assert.throws(() => parseSelector(text), { message })
  })
}

test('an absent LabelSelector matches nothing, an empty one everything', () => {
  assert.equal(matches(selectorOf(undefined), {}), false)
  assert.equal(matches(nothing, { a: 'b' }), false)
  assert.equal(matches(selectorOf({}), { a: 'b' }), true)
})

test('a LabelSelector joins its labels and expressions', () => {
  const selector = selectorOf({ matchLabels: { b: '1' }, matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] })
  assert.equal(formatSelector(selector), '!a,b=1')
  assert.throws(() => selectorOf({ matchExpressions: [{ key: 'a', operator: 'Foo' }] }), /"Foo" is not a valid label selector operator/)
})

test('what is empty prints as <none>', () => {
  assert.equal(formatLabels({}), '<none>')
  assert.equal(formatLabels({ b: '2', a: '1' }), 'a=1,b=2')
  assert.equal(formatLabelSelector(undefined), '<none>')
  assert.equal(formatSelector(selectorOfMap(undefined)), '')
})
