import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mountPointsBelow } from './mount-table.ts'

test('mount points below a directory, the innermost first, with blanks in their names', () => {
  const mountInfo = ['1 0 0:1 / / rw', '2 1 0:2 / /p/a rw', '3 2 0:3 / /p/a/b\\040c rw', '4 1 0:4 / /px rw'].join('\n')
  assert.deepEqual(mountPointsBelow(mountInfo, '/p'), ['/p/a/b c', '/p/a'])
})
