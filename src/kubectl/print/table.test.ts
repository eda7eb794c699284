import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TableText } from './table.ts'

const look = { isWide: false, noHeaders: false, showsNamespace: false, showsLabels: false, labelColumns: [], namePrefix: 'event/' }

for (const [why, columnDefinitions, cells, want] of [
  ['the name has the prefix', [{ name: 'Name', format: 'name' }, { name: 'Age' }], ['e', '1s'], 'NAME      AGE\nevent/e   1s\n'],
  ['wherever it stands', [{ name: 'Age' }, { name: 'Name', format: 'name' }], ['1s', 'e'], 'AGE   NAME\n1s    event/e\n'],
  ['a hidden name is not shown', [{ name: 'Age' }, { name: 'Name', format: 'name', priority: 1 }], ['1s', 'e'], 'AGE\n1s\n'],
  ['a cell that no column names is not shown', [{ name: 'Name', format: 'name' }], ['e', '1s'], 'NAME\nevent/e\n'],
] as const) {
  test(`a table: ${why}`, () => assert.equal(new TableText(look).format({ columnDefinitions, rows: [{ cells }] }), want))
}
