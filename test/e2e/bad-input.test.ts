/**
 * What stands in the way of a cluster, one thing at a time: each ends in one message that names the thing and the next step, in the right exit
 * status, and in a state that the next command understands.
 */
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { missingForNode } from './requirements.ts'
import { eventually, kubectlOf, type Outcome, realKubectl, type TestCluster, upArguments } from './test-cluster.ts'

const slot = 5
const root = join(import.meta.dirname, '../..')
const nobody = 65534
const apiPort = 16440 + slot

type Circumstances = {
  readonly uid?: number
  /** Goes before the directories of PATH. */
  readonly programs?: string
  readonly path?: string
}

function start(words: readonly string[], { uid, programs, path = process.env['PATH'] ?? '' }: Circumstances = {}) {
  const env = { ...process.env, PATH: programs === undefined ? path : `${programs}:${path}` }
  const child = spawn(process.execPath, [join(root, 'bin/navarch.mjs'), ...words], { cwd: root, env, uid })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()))
  const ended = new Promise<Outcome>((resolve) => child.on('close', (code) => resolve({ status: code ?? 128, ...output })))
  return { child, output, ended }
}

/** Why nobody cannot run what lies here; false where they can. */
function closedToNobody(): string | false {
  const { status } = spawnSync(process.execPath, [join(root, 'bin/navarch.mjs'), 'version'], { cwd: root, uid: nobody })
  return status === 0 ? false : 'this directory is closed to other users'
}

const navarch = (words: readonly string[], circumstances?: Circumstances) => start(words, circumstances).ended

/** A data directory that no cluster has yet; disposing ends what there is by then. */
async function newPlace() {
  const directory = await mkdtemp(join(tmpdir(), `navarch-e2e-${slot}-bad-`))
  const dataDir = join(directory, 'cluster')
  const kubeconfig = join(directory, 'user.kubeconfig')
  const place = ['--data-dir', dataDir, '--kubeconfig', kubeconfig]
  return {
    dataDir,
    up: (circumstances?: Circumstances) => navarch(['up', ...place, ...upArguments(slot)], circumstances),
    startUp: () => start(['up', ...place, ...upArguments(slot)]),
    down: (...more: readonly string[]) => navarch(['down', ...place, ...more]),
    cluster: { dataDir, kubeconfig } as TestCluster,
    async [Symbol.asyncDispose]() {
      const { status, stderr } = await navarch(['down', '--purge', ...place])
      await rm(directory, { recursive: true, force: true })
      assert.equal(status, 0, `the next "down" understands what there is: ${stderr}`)
      assert.deepEqual(processesOf(dataDir), [], 'nothing runs any more')
    },
  }
}

/** Takes connections on the API server's port, and says nothing. */
async function otherProgram(address: string) {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => void sockets.add(socket.on('error', () => {}))).listen(apiPort, address)
  await once(server, 'listening')
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await once(server.close(), 'close')
    },
  }
}

type Place = Awaited<ReturnType<typeof newPlace>>

function processesOf(dataDir: string): readonly string[] {
  const lines = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n')
  return lines.filter((line) => line.includes(dataDir) && !line.startsWith('ps '))
}

/** One line on standard error, without a stack. */
function assertTold({ status, stderr }: Outcome, message: RegExp, wantedStatus = 1): void {
  assert.match(stderr, /^Error: [^\n]+\n$/, 'there is one message')
  assert.match(stderr, message)
  assert.equal(status, wantedStatus)
}

async function assertComesUp(place: Place): Promise<void> {
  const { status, stderr } = await place.up()
  assert.deepEqual([status, stderr], [0, ''])
}

describe('on the command line', () => {
  for (const [words, message] of [
    [['upp'], /^Error: unknown command "upp" for "navarch" \(did you mean "up"\?\)\nRun 'navarch help' for usage\.\n$/],
    [['zzzzzz'], /^Error: unknown command "zzzzzz" for "navarch"\nRun 'navarch help' for usage\.\n$/],
    [['up', '--api-prot', '1'], /^Error: unknown flag: --api-prot \(did you mean --api-port\?\)\n$/],
    [['up', '-z'], /^Error: unknown shorthand flag: 'z' in -z\n$/],
    [['up', '--api-port'], /^Error: flag needs an argument: --api-port\n$/],
    [['up', '--api-port=many'], /^Error: invalid argument "many" for "--api-port" flag: /],
    [['up', 'now'], /^Error: "navarch up" takes no arguments: now\n$/],
    [['logs', 'servr'], /^Error: unknown component "servr": one of containerd, server, agent\n$/],
    [['status', '--data-dir', '/dev/null/x'], /^Error: .*\/dev\/null\/x/],
  ] as const) {
    test(`navarch ${words.join(' ')}`, async () => {
      const { status, stderr } = await navarch(words)
      assert.match(stderr, message)
      assert.equal(status, 1)
    })
  }
})

describe('on the machine', { skip: missingForNode('kubectl') }, () => {
  test('somebody who is not root', { skip: closedToNobody() }, async () => {
    await using place = await newPlace()
    assertTold(await place.up({ uid: nobody }), /a node needs root: run "sudo navarch up"/)
  })

  test('a port in use, before a cluster is made and after', async () => {
    await using place = await newPlace()
    {
      await using _other = await otherProgram('127.0.0.1')
      assertTold(await place.up(), new RegExp(`port ${apiPort} is in use by another program: choose another with --api-port`))
    }
    await assertComesUp(place)
    await place.down()
    {
      await using _other = await otherProgram('0.0.0.0')
      assertTold(await place.up(), new RegExp(`port ${apiPort} is in use by another program: end it`))
    }
    assert.deepEqual(processesOf(place.dataDir), [], 'what cannot start is not tried for ever')
    await assertComesUp(place)
  })

  for (const [what, script, message] of [
    ['that is missing', undefined, /containerd is not installed: install it/],
    [
      'that is too old',
      'echo containerd github.com/containerd/containerd v1.4.13 abc',
      /containerd 1\.4 is too old: install 1\.6 or later/,
    ],
    ['that is something else', 'echo hello', /containerd tells no version, but "hello": install containerd 1\.6 or later/],
    [
      'that ends at once',
      '[ $1 = --version ] && echo containerd x v1.6.20 y && exit; echo "containerd: no such plugin"; exit 1',
      /containerd cannot start: no such plugin/,
    ],
    [
      'that does not answer',
      '[ $1 = --version ] && echo containerd x v1.6.20 y && exit; exec sleep 100',
      /containerd does not answer after 20 seconds: see "navarch logs containerd"/,
    ],
  ] as const) {
    test(`a containerd ${what}`, async () => {
      await using place = await newPlace()
      const programs = await mkdtemp(join(tmpdir(), 'navarch-programs-'))
      if (script !== undefined) {
        await writeFile(join(programs, 'containerd'), `#!/bin/sh\n${script}\n`)
        await chmod(join(programs, 'containerd'), 0o755)
      }
      assertTold(await place.up(script === undefined ? { path: '/nowhere' } : { programs }), message)
      await place.down()
      await assertComesUp(place)
      await rm(programs, { recursive: true })
    })
  }
})

describe('in the state directory', { skip: missingForNode('kubectl') }, () => {
  test('a newer version is left alone', async () => {
    const place = await newPlace()
    const file = join(place.dataDir, 'cluster.json')
    await mkdir(place.dataDir)
    await writeFile(file, '{"stateVersion":99,"name":"x","bridge":"y"}')
    const message = /was written by a newer Navarch \(state version 99, this one knows \d+\): use that one, or another --data-dir/
    assertTold(await place.up(), message)
    assertTold(await place.down('--purge'), message)
    assert.match(await readFile(file, 'utf8'), /"stateVersion":99/)
    await rm(place.dataDir, { recursive: true })
  })

  test('half of cluster.json: told, and purged while everything runs', async () => {
    await using place = await newPlace()
    await assertComesUp(place)
    const file = join(place.dataDir, 'cluster.json')
    const whole = await readFile(file, 'utf8')
    await writeFile(file, whole.slice(0, 40))
    const message = /cluster\.json is damaged: restore it, or remove the cluster with "navarch down --purge"/
    assertTold(await place.up(), message)
    assertTold(await place.down(), message)
    assert.equal((await place.down('--purge')).stdout, 'The cluster is gone.\n')
    assert.doesNotMatch(execFileSync('ip', ['-o', 'link'], { encoding: 'utf8' }), new RegExp(`nve${slot}\\b`))
    await assertComesUp(place)
  })

  test('lost and half certificates are made again', async () => {
    await using place = await newPlace()
    await assertComesUp(place)
    await place.down()
    await rm(join(place.dataDir, 'pki/ca.crt'))
    await writeFile(join(place.dataDir, 'pki/kubelet-client.key'), 'half')
    await assertComesUp(place)
    await kubectlOf(place.cluster, realKubectl).run('get', 'nodes')
  })

  for (const [what, spoil, message] of [
    ['a database of something else', (file: string) => runSql(file, 'CREATE TABLE other (x)'), /is a database, but not a store of Navarch/],
    [
      'a store of a newer version',
      (file: string) => runSql(file, 'UPDATE schema_version SET version = 9'),
      /has schema version 9.*use the newer Navarch/,
    ],
    [
      'something that is no database',
      (file: string) => writeFile(file, 'hello '.repeat(1000)),
      /server cannot start: .*store\.db.*restore it/,
    ],
  ] as const) {
    test(`${what} in place of the store`, async () => {
      await using place = await newPlace()
      await assertComesUp(place)
      await place.down()
      const store = join(place.dataDir, 'store')
      if (!what.includes('newer')) await rm(store, { recursive: true })
      await mkdir(store, { recursive: true })
      await spoil(join(store, 'store.db'))
      assertTold(await place.up(), message)
      assert.deepEqual(processesOf(place.dataDir), [])
      await rm(store, { recursive: true })
      await assertComesUp(place)
    })
  }
})

function runSql(file: string, sql: string): void {
  const database = new DatabaseSync(file)
  database.exec(sql)
  database.close()
}

describe('on the disk', { skip: missingForNode('kubectl') }, () => {
  for (const size of ['4k', '60k', '400k', '4m', '30m']) {
    test(`room for ${size}`, async () => {
      await using place = await newPlace()
      await mkdir(place.dataDir)
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'navarch-test', place.dataDir])
      try {
        assertTold(await place.up(), /room on the disk/)
        assert.equal((await place.down()).status, 0)
        execFileSync('mount', ['-o', 'remount,size=200m', place.dataDir])
        await assertComesUp(place)
      } finally {
        await place.down()
        execFileSync('umount', [place.dataDir])
      }
    })
  }

  test('a disk that fills up under a running cluster: writes say so, reads go on, and room mends it', async () => {
    await using place = await newPlace()
    await mkdir(place.dataDir)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=100m', 'navarch-test', place.dataDir])
    try {
      await assertComesUp(place)
      const kubectl = kubectlOf(place.cluster, realKubectl)
      await kubectl.run('create', 'configmap', 'kept', '--from-literal=a=b')
      const ballast = join(place.dataDir, 'ballast')
      await writeFile(ballast, Buffer.alloc(200 << 20)).catch(() => {})
      const create = (name: string) => kubectl.outcome(['create', 'configmap', name, `--from-literal=a=${'x'.repeat(100_000)}`])
      const full = await eventually(
        () => create(`full-${Math.floor(performance.now())}`),
        ({ status }) => status !== 0,
        'a write fails',
      )
      assert.match(full.stderr, /the disk is full|disk I\/O error|make room/)
      assert.equal(await kubectl.run('get', 'configmap', 'kept', '-o', 'jsonpath={.data.a}'), 'b')
      await rm(ballast)
      await eventually(
        () => create('after'),
        ({ status }) => status === 0,
        'writes work again',
      )
    } finally {
      await place.down()
      execFileSync('umount', [place.dataDir])
    }
  })
})

describe('an interrupt in the middle of up', { skip: missingForNode('kubectl') }, () => {
  for (const [step, then] of [
    ['❯ settings', 'up'],
    ['❯ certificates', 'down'],
    ['❯ processes', 'up'],
    ['❯ images', 'up'],
    ['❯ API server ready', 'down'],
    ['❯ node Ready', 'up'],
  ] as const) {
    test(`at "${step.slice(2)}", then ${then}`, async () => {
      await using place = await newPlace()
      const { child, output, ended } = place.startUp()
      await eventually(
        async () => output.stdout,
        (text) => text.includes(step),
        step,
      )
      child.kill('SIGINT')
      const outcome = await ended
      if (outcome.status !== 0) assertTold(outcome, /interrupted: what is done so far stays; run the command again to go on/, 130)
      if (then === 'up') await assertComesUp(place)
      else assert.equal((await place.down()).status, 0)
    })
  }
})
