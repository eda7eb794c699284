import assert from 'node:assert/strict'
import { appendFile, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '#base/env/clock'
import { silentLog } from '#base/env/log'
import { VirtualClock } from '#base/env/virtual-clock'
import { type ReadLogOptions, readLog } from './read-log.ts'
import { restartsByLogs } from './restarts-by-logs.ts'
import { rotateIfLarge } from './rotate-logs.ts'

const lines = [
  '2026-01-01T00:00:01.000000001Z stdout F one',
  '2026-01-01T00:00:02.000000001Z stderr F two',
  '2026-01-01T00:00:03.000000001Z stdout P thr',
  '2026-01-01T00:00:03.000000002Z stdout F ee',
  '',
].join('\n')

async function withLog<T>(text: string, use: (path: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'navarch-logs-'))
  try {
    await writeFile(join(directory, '0.log'), text)
    return await use(join(directory, '0.log'))
  } finally {
    await rm(directory, { recursive: true })
  }
}

const signal = new AbortController().signal
const base: ReadLogOptions = { follow: false, timestamps: false }
const ended = { clock: systemClock, isRunning: async () => false }

for (const [why, options, want] of [
  ['all of it, partial lines joined', {}, 'one\ntwo\nthree\n'],
  ['the last lines of the file', { tailLines: 3 }, 'two\nthree\n'],
  ['more lines than there are', { tailLines: 30 }, 'one\ntwo\nthree\n'],
  ['no line', { tailLines: 0 }, ''],
  ['since a time', { sinceMs: Date.parse('2026-01-01T00:00:02Z') }, 'two\nthree\n'],
  ['one stream', { stream: 'stderr' }, 'two\n'],
  ['so many bytes', { limitBytes: 6 }, 'one\ntw'],
  ['with times', { timestamps: true, tailLines: 2 }, '2026-01-01T00:00:03.000000001Z three\n'],
  ['followed to the end of a container that has ended', { follow: true }, 'one\ntwo\nthree\n'],
] as const) {
  test(`readLog: ${why}`, () =>
    withLog(lines, async (path) => {
      const read = await Array.fromAsync(readLog(path, { ...base, ...options }, ended, signal))
      assert.equal(Buffer.concat(read).toString(), want)
    }))
}

test('readLog: follows what is written, through a rotation, until the container ends', () =>
  withLog(lines, async (path) => {
    let isRunning = true
    const seen: string[] = []
    const more = ['four', 'five', 'six']
    for await (const chunk of readLog(
      path,
      { ...base, follow: true, tailLines: 1 },
      { clock: systemClock, isRunning: async () => isRunning },
      signal,
    )) {
      seen.push(chunk.toString())
      const next = more.shift()
      if (next === 'five') await rename(path, `${path}.old`)
      if (next === undefined) isRunning = false
      else await appendFile(path, `2026-01-01T00:00:04Z stdout F ${next}\n`)
    }
    assert.equal(seen.join(''), 'ee\nfour\nfive\nsix\n')
  }))

test('rotation: a large file is put aside, older ones are packed, the oldest go', () =>
  withLog('', async (path) => {
    const clock = new VirtualClock()
    const reopened: string[] = []
    const deps = { clock, log: silentLog, reopen: async (id: string) => void reopened.push(id) }
    const limits = { bytesMax: 10, fileCountMax: 3 }
    for (let round = 0; round < 4; round++) {
      await writeFile(path, `round ${round} of four`)
      await rotateIfLarge({ containerId: 'c', path }, deps, limits)
      await clock.advance(1000)
    }
    await writeFile(path, 'small')
    await rotateIfLarge({ containerId: 'c', path }, deps, limits)
    assert.deepEqual((await readdir(join(path, '..'))).sort(), ['0.log', '0.log.20260101-000002.gz', '0.log.20260101-000003'])
    assert.equal(reopened.length, 4)
    assert.equal(await readFile(`${path}.20260101-000003`, 'utf8'), 'round 3 of four')
  }))

test('rotation: where the runtime does not play along, the file keeps its name', () =>
  withLog('long enough to go', async (path) => {
    const deps = { clock: new VirtualClock(), log: silentLog, reopen: async () => Promise.reject(new Error('no')) }
    await assert.rejects(rotateIfLarge({ containerId: 'c', path }, deps, { bytesMax: 1, fileCountMax: 5 }), /no/)
    assert.deepEqual(await readdir(join(path, '..')), ['0.log'])
  }))

test('logs tell how often a container was started', async () => {
  await withLog('', async (path) => {
    const directory = join(path, '..')
    assert.equal(await restartsByLogs(join(directory, 'never')), 0)
    assert.equal(await restartsByLogs(directory), 1)
    await writeFile(join(directory, '10.log'), '')
    await writeFile(join(directory, '9.log.20260101-000000.gz'), '')
    await writeFile(join(directory, 'other'), '')
    assert.equal(await restartsByLogs(directory), 11)
  })
})
