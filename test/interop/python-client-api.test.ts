/** The official Python client, as Debian ships it, against an API server without nodes: what it saw comes back as JSON. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { systemClock } from '#base/env/clock'
import { createMemoryStore } from '#store/memory/memory-store'
import { kubeconfigOf, startTestApiServer } from '#testing/api-server'

// Debian's own interpreter: another one that comes first in PATH does not have Debian's packages.
const python = '/usr/bin/python3'
const hasClient = existsSync(python) && existsSync('/usr/lib/python3/dist-packages/kubernetes')
const skip = hasClient ? false : 'the Debian package python3-kubernetes is not installed'

test('python3-kubernetes watches, patches, applies, reads in pages, scales, evicts and asks for tokens', { skip }, async () => {
  await using store = createMemoryStore({ clock: systemClock })
  const before = await startTestApiServer({}, { store })
  await before.close()
  // A revision that is forgotten, for the watch that is refused.
  await store.compact(await store.currentRevision())
  await using server = await startTestApiServer({}, { store })
  const directory = await mkdtemp(join(tmpdir(), 'navarch-python-'))
  try {
    const kubeconfig = join(directory, 'config')
    await writeFile(kubeconfig, kubeconfigOf(server))
    const program = join(import.meta.dirname, 'python-client-api.py')
    const { stdout } = await promisify(execFile)(python, [program, kubeconfig], { timeout: 60_000, env: { HOME: directory } })
    assert.deepEqual(JSON.parse(stdout), {
      events: ['ADDED', 'DELETED'],
      expired: 410,
      data: ['a', 'applied', 'json', 'merge', 'strategic'],
      conflict: 409,
      pages: [2, 2, 1],
      replicas: 4,
      kept: 429,
      evicted: 'ok',
      user: 'system:serviceaccount:default:robot',
      address: true,
      labels: { a: 'b' },
    })
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})
