import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { VirtualClock } from '#base/env/virtual-clock'
import { parseFlags } from '#component/flags'
import { put } from '#store/single-key'
import { openSqliteStore } from '#store/sqlite/sqlite-store'
import { failureMessage } from '../failure-message.ts'
import type { Host } from '../local-command.ts'
import { store } from './store.ts'

let root: string

before(async () => {
  root = mkdtempSync(join(tmpdir(), 'navarch-store-'))
  await using filled = await openSqliteStore({ clock: new VirtualClock(), directory: join(root, 'filled') })
  await put(filled, '/registry/configmaps/default/a', Buffer.from('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}'))
  await put(filled, '/registry/configmaps/default/b', Buffer.from('{"apiVersion":"v1","kind":"Conf'))
  writeFileSync(join(root, 'no-snapshot'), 'something else')
  writeFileSync(join(root, 'file'), '')
  mkdirSync(join(root, 'damaged'))
  writeFileSync(join(root, 'damaged', 'store.db'), 'no database '.repeat(1000))
})

after(() => rmSync(root, { recursive: true }))

test('a stopped store is told about, saved, restored and told about again', async () => {
  const snapshot = join(root, 'good.snapshot')
  assert.match((await run('status', '--store-dir=filled')).output, /Objects +2,/)
  assert.match((await run('compact', '--store-dir=filled')).output, /Compacted +3/)
  assert.match((await run('snapshot', 'save', snapshot, '--store-dir=filled')).output, /holds 2 objects of revision 3/)
  await put1(join(root, 'whole'))
  assert.match((await run('snapshot', 'save', join(root, 'whole.snapshot'), '--store-dir=whole')).output, /holds 1 objects/)
  const restored = await run('snapshot', 'restore', join(root, 'whole.snapshot'), '--store-dir=restored')
  assert.match(restored.output, /are restored; the store goes on at revision \d{6}/)
  assert.match((await run('status', '--store-dir=restored')).output, /Objects +1,/)
})

test('verifying names the object that does not decode', async () => {
  const { output, status } = await run('verify', '--store-dir=filled')
  assert.equal(status, 1)
  assert.match(output, /\/registry\/configmaps\/default\/b: its value does not decode/)
  const damaged = await run('verify', '--store-dir=damaged')
  assert.equal(damaged.status, 1)
  assert.match(damaged.output, /not a database/)
})

for (const [says, ...argv] of [
  [/say what to do with the store/],
  [/unknown command "look"/, 'look'],
  [/say "navarch store snapshot save FILE"/, 'snapshot'],
  [/name the file: navarch store snapshot save/, 'snapshot', 'save'],
  [/there is no store in .*nowhere/, 'status', '--store-dir=nowhere'],
  [/not a database/, 'status', '--store-dir=damaged'],
  [/file is there already: choose another name/, 'snapshot', 'save', 'file', '--store-dir=filled'],
  [/cannot write .*nowhere/, 'snapshot', 'save', 'nowhere/a.snapshot', '--store-dir=filled'],
  [/cannot read the snapshot .*nowhere/, 'snapshot', 'restore', 'nowhere', '--store-dir=new'],
  [/no-snapshot is damaged or not a snapshot/, 'snapshot', 'restore', 'no-snapshot', '--store-dir=new'],
  [/store.db is there already: restore into another directory/, 'snapshot', 'restore', 'whole.snapshot', '--store-dir=filled'],
  [/say where the objects go, --to=etcd or --to=sqlite/, 'migrate', '--store-dir=filled'],
  [/name the etcd with --etcd-servers/, 'migrate', '--to=sqlite', '--store-dir=new'],
  [/there is no .*missing.crt/, 'status', '--etcd-servers=https://127.0.0.1:1', '--etcd-cafile=missing.crt'],
  [/have to be given together/, 'status', '--etcd-servers=https://127.0.0.1:1', '--etcd-certfile=file'],
  [/missing.conf/, 'status', '--kubeconfig=missing.conf'],
] as readonly (readonly [RegExp, ...string[]])[]) {
  test(`navarch store ${argv.join(' ')}: ${says.source}`, async () => {
    await assert.rejects(run(...argv), (error) => says.test(failureMessage(error) ?? `a bug: ${String(error)}`))
  })
}

async function put1(directory: string): Promise<void> {
  await using filled = await openSqliteStore({ clock: new VirtualClock(), directory })
  await put(filled, '/registry/configmaps/default/a', Buffer.from('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}'))
}

/** Files are named as they lie below the test's directory. */
async function run(...words: readonly string[]): Promise<{ readonly status: number; readonly output: string }> {
  const argv = words.map((word) =>
    word.replace(/^((?:--(?:store-dir|etcd-\w+file|kubeconfig)=))(.+)$/, (_, flag, path) => `${flag}${join(root, path)}`),
  )
  const { values, args, given } = parseFlags(store.flags, argv)
  const placed = args.map((word, i) => (i === 2 && !word.startsWith('/') ? join(root, word) : word))
  let output = ''
  const stream = { write: (text: string) => void (output += text) }
  const host = { clock: new VirtualClock(), stdout: stream, stderr: stream } as unknown as Host
  const status = await store.run(host, values, { args: placed, given, signal: new AbortController().signal })
  return { status, output }
}
