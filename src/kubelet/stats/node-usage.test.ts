import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cpuOf, memoryOf } from './node-usage.ts'

test('CPU: all that is neither idle nor waiting for disks, in nanoseconds', () => {
  const stat = 'cpu  100 20 30 9999 8888 5 6 7 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\nbtime 1700000000\n'
  assert.deepEqual(cpuOf(stat), { cpuNanoseconds: 1_680_000_000, bootTimeMs: 1_700_000_000_000 })
})

test('memory: files that nobody has touched lately do not count', () => {
  const meminfo = ['MemTotal: 1000 kB', 'MemFree: 300 kB', 'Inactive(file): 200 kB', 'SwapTotal: 50 kB', 'SwapFree: 40 kB'].join('\n')
  const kibi = 1024
  assert.deepEqual(memoryOf(meminfo), {
    totalBytes: 1000 * kibi,
    usageBytes: 700 * kibi,
    workingSetBytes: 500 * kibi,
    availableBytes: 500 * kibi,
    swapBytes: 10 * kibi,
  })
})
