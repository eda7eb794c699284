import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evaluate, parseTemplate, relaxedPath } from './jsonpath.ts'

const data = {
  kind: 'List',
  items: [
    { name: 'a', ports: [80, 81], labels: { 'x.y/z': '1' }, ready: true },
    { name: 'b', ports: [82], labels: {} },
  ],
}

for (const [template, want] of [
  ['{.kind}', 'List'],
  ['{$.kind}', 'List'],
  ['{.items[0].name}', 'a'],
  ['{.items[-1].name}', 'b'],
  ['{.items[*].name}', 'a b'],
  ['{.items[0:1].name}', 'a'],
  ['{.items[0,1].name}', 'a b'],
  ['{.items[*].ports[*]}', '80 81 82'],
  ['{..name}', 'a b'],
  ["{.items[0].labels['x.y/z']}", '1'],
  ['{.items[0].labels.x\\.y/z}', '1'],
  ['{.items[?(@.name=="b")].ports}', '[82]'],
  ['{.items[?(@.ready)].name}', 'a'],
  ['{.items[?(@.ports[0]>80)].name}', 'b'],
  ['{.nope}', ''],
  ['name: {.items[0].name}{"\\n"}', 'name: a\n'],
  ['{range.items[*]}{.name}{end}', 'ab'],
  ['{range .items[*]}{.name}{"\\t"}{.ports[0]}{"\\n"}{end}', 'a\t80\nb\t82\n'],
  ['{.items[0].labels}', '{"x.y/z":"1"}'],
] as const) {
  test(`jsonpath ${template}`, () => assert.equal(evaluate(parseTemplate(template), data), want))
}

test('a path that leads nowhere is an error where missing keys are not allowed', () => {
  assert.throws(() => evaluate(parseTemplate('{.nope}'), data, false), { message: 'nope is not found' })
})

test('an index beyond the end is always an error', () => {
  assert.throws(() => evaluate(parseTemplate('{.items[7].name}'), data), { message: 'array index out of bounds: index 7, length 2' })
})

for (const broken of ['{.items', '{range .items[*]}{.name}', '{end}', '{.items[}']) {
  test(`jsonpath refuses ${broken}`, () => assert.throws(() => parseTemplate(broken)))
}

for (const path of ['x.y', '.x.y', '{x.y}', '{.x.y}']) {
  test(`relaxedPath: ${path}`, () => assert.equal(relaxedPath(path), '{.x.y}'))
}
