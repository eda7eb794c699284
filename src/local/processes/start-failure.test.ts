import assert from 'node:assert/strict'
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '#base/env/clock'
import { LocalError } from '../settings.ts'
import { startFailureIn, watchStart } from './start-failure.ts'

for (const [what, log, wanted] of [
  ['nothing', '', undefined],
  ['warnings', 'W1121 16:13:25 listing failed err="Error: no"\n', undefined],
  ['our own last line', 'I1121 a\nError: port 6443 is in use\n2026 supervise: ended\n', 'port 6443 is in use'],
  ['containerd before it logs', 'containerd: failed to load TOML: x\n', 'failed to load TOML: x'],
  ['containerd when it gives up', 'time="now" level=fatal error=x msg="no space left on device"\n', 'no space left on device'],
] as const) {
  test(`startFailureIn: ${what}`, () => assert.equal(startFailureIn(log), wanted))
}

test('work is aborted by what a log says from now on, not by what it said before', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'navarch-start-failure-'))
  const log = join(directory, 'server.log')
  await writeFile(log, 'Error: of yesterday\n')
  let givenUp = 0
  const watch = await watchStart(['server', 'agent'], { logDir: directory, runDir: directory }, systemClock, async () => void givenUp++)
  const { signal } = new AbortController()
  assert.equal(await watch.during(async () => 'done', signal), 'done')
  const work = watch.during((stop) => new Promise((_, reject) => stop.addEventListener('abort', () => reject(stop.reason))), signal)
  await appendFile(log, 'Error: of today\n')
  await assert.rejects(work, new LocalError('server cannot start: of today (see "navarch logs server")'))
  assert.equal(givenUp, 1)
  await rm(directory, { recursive: true })
})
