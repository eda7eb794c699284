import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '#base/env/clock'
import { shellSupervisor } from './shell-supervisor.ts'

test('a program that was started a moment ago is found, not started twice, and ended', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'navarch-supervisor-'))
  const supervisor = shellSupervisor({ runDir: directory, logDir: directory }, systemClock)
  const program = { name: 'sleeper', command: ['sleep', '100'] }
  assert.equal(await supervisor.start(program), true)
  assert.equal(await supervisor.start(program), false)
  assert.notEqual(await supervisor.running('sleeper'), undefined)
  assert.equal(await supervisor.stop('sleeper'), 'ended')
  assert.equal(await supervisor.running('sleeper'), undefined)
  assert.equal(await supervisor.stop('sleeper'), 'not running')
  await rm(directory, { recursive: true })
})
