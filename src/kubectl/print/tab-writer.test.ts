import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aligned, TabWriter, tableOptions } from './tab-writer.ts'

test('columns are as wide as their widest cell and three spaces', () => {
  assert.equal(aligned(['NAME\tREADY', 'a-long-name\t1/1'], tableOptions), 'NAME          READY\na-long-name   1/1\n')
})

test('a line without a cell in a column ends the column', () => {
  assert.equal(aligned(['a\tb\tc', 'x', 'long\tb\tc']), 'a  b  c\nx\nlong  b  c\n')
})

test('what follows the last tab belongs to no column', () => {
  assert.equal(aligned(['a\t', 'bbbb\tx']), 'a     \nbbbb  x\n')
})

test('widths stay what they were when a table comes in pieces', () => {
  const writer = new TabWriter(tableOptions)
  assert.equal(writer.format('NAME\tAGE\nlonger-name\t1s\n'), 'NAME          AGE\nlonger-name   1s\n')
  assert.equal(writer.format('web\t2s\n'), 'web           2s\n')
})

test('cells are measured in characters', () => {
  assert.equal(aligned(['äöü\tx', 'abcd\ty']), 'äöü   x\nabcd  y\n')
})
