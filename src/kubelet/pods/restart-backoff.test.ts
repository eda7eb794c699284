import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ContainerRecord } from '../runtime/records.ts'
import { CrashCounter, restartDelayMs } from './restart-backoff.ts'

for (const [crashCount, seconds] of [
  [1, 0],
  [2, 10],
  [3, 20],
  [4, 40],
  [6, 160],
  [7, 300],
  [50, 300],
] as const) {
  test(`restartDelayMs: after ${crashCount} ends in a row, ${seconds} s`, () => assert.equal(restartDelayMs(crashCount), seconds * 1000))
}

function ended(id: string, restartCount: number, ranMs = 1000): ContainerRecord {
  return {
    id,
    name: 'app',
    sandboxId: 's',
    state: 'exited',
    restartCount,
    specHash: '',
    createdAtMs: 0,
    startedAtMs: 0,
    finishedAtMs: ranMs,
    exitCode: 1,
    reason: '',
    message: '',
    image: '',
    imageId: '',
    logPath: '',
  }
}

test('CrashCounter: each end counts once, however often it is asked about', () => {
  const counter = new CrashCounter()
  assert.equal(counter.countOf('u', ended('a', 0)), 1)
  assert.equal(counter.countOf('u', ended('a', 0)), 1)
  assert.equal(counter.countOf('u', ended('b', 1)), 2)
})

test('CrashCounter: ten minutes without an end wipe the slate', () => {
  const counter = new CrashCounter()
  counter.countOf('u', ended('a', 0))
  assert.equal(counter.countOf('u', ended('b', 1, 600_000)), 1)
})

test('CrashCounter: after a restart of the kubelet, the restart count stands in', () => {
  assert.equal(new CrashCounter().countOf('u', ended('d', 3)), 4)
})
