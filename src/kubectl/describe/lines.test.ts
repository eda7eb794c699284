import assert from 'node:assert/strict'
import { test } from 'node:test'
import { annotationLines, describedText, indented, labelLines, longTime, newColumns } from './lines.ts'

test('columns start afresh behind a mark', () => {
  assert.equal(describedText(['A:\tb', newColumns, 'Longer:\tc']), 'A:  b\nLonger:  c\n')
})

test('what an object holds does not steer the terminal', () => assert.equal(describedText(['A:\t\u001b[31mred\r']), 'A:  ^[[31mred\\r\n'))

test('the mark is not indented', () => assert.deepEqual(indented(['a', newColumns]), ['  a', newColumns]))

test('labels are sorted, one a line', () => assert.deepEqual(labelLines('Labels', { b: '2', a: '1' }), ['Labels:\ta=1', '\tb=2']))

test('no labels', () => assert.deepEqual(labelLines('Labels', undefined), ['Labels:\t<none>']))

test('what was applied last is no annotation to show', () => {
  assert.deepEqual(annotationLines('Annotations', { 'kubectl.kubernetes.io/last-applied-configuration': '{}' }), ['Annotations:\t<none>'])
})

test('an annotation of several lines stands below its name', () => {
  assert.deepEqual(annotationLines('Annotations', { a: 'x\ny\n', b: 'z' }), ['Annotations:\ta:', '\t  x', '\t  y', '\tb: z'])
})

test('a long annotation is cut', () => {
  const [, text = ''] = annotationLines('Annotations', { a: 'x'.repeat(200) })
  assert.equal(text, `\t  ${'x'.repeat(138)}...`)
})

test('a missing time is the zero time', () => assert.equal(longTime(undefined), 'Mon, 01 Jan 0001 00:00:00 +0000'))

test('a time keeps its instant in the local zone', () => {
  const text = longTime('2026-11-21T16:26:45Z')
  assert.match(text, /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}$/)
  assert.equal(Date.parse(text), Date.parse('2026-11-21T16:26:45Z'))
})
