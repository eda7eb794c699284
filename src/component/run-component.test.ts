import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import type { Component } from './component.ts'
import { boolFlag, intFlag } from './flags.ts'
import { runComponent } from './run-component.ts'

const flags = { size: intFlag(1, 'How much.'), broken: boolFlag(false, 'Whether it fails.') }

const sample: Component<typeof flags> = {
  name: 'kube-scheduler',
  summary: 'A sample.',
  flags,
  async run({ log }, values, signal) {
    if (values.broken) throw new Error('it broke')
    log.info('running', { size: values.size })
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  },
}

async function run(argv: readonly string[]): Promise<{ readonly status: number; readonly stdout: string; readonly stderr: string }> {
  const texts = { stdout: '', stderr: '' }
  const into = (name: 'stdout' | 'stderr') =>
    new Writable({ write: (chunk: Buffer, _, done) => ((texts[name] += chunk.toString()), done()) })
  const onStopSignal = (stop: () => void) => {
    setImmediate(stop)
    return { [Symbol.dispose]: () => {} }
  }
  const status = await runComponent(sample, argv, { stdout: into('stdout'), stderr: into('stderr'), version: 'v1.36.0', onStopSignal })
  return { status, ...texts }
}

test('a component runs until it is told to stop, and ends well', async () => {
  const { status, stderr } = await run(['--size=3', '--profiling=false'])
  assert.equal(status, 0)
  assert.match(stderr, /W.* flag --profiling is accepted but has no effect yet\n/)
  assert.match(stderr, /I.* running size=3\n/)
})

test('a component that fails says so and ends with 1', async () => {
  const { status, stderr } = await run(['--broken', '--logging-format=json'])
  assert.equal(status, 1)
  assert.match(JSON.parse(stderr.trim()).err, /it broke/)
})

test('a flag that does not exist ends with 1 and one message', async () => {
  const { status, stderr } = await run(['--sise=3'])
  assert.equal(status, 1)
  assert.equal(stderr, "Error: unknown flag: --sise (did you mean --size?)\nRun 'kube-scheduler --help' for usage.\n")
})

test('help and version are answered without running', async () => {
  assert.match((await run(['--help'])).stdout, /--size int +How much\. \(default 1\)/)
  assert.equal((await run(['--version'])).stdout, 'Kubernetes v1.36.0\n')
})
