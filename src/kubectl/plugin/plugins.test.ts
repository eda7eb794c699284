import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { findPlugin, installedPlugins } from './plugins.ts'

test('the plugin that most of the words name is found', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'navarch-plugins-'))
  try {
    for (const name of ['kubectl-foo', 'kubectl-foo-bar', 'kubectl-a_b']) await writeFile(join(directory, name), '', { mode: 0o755 })
    await writeFile(join(directory, 'kubectl-plain'), '', { mode: 0o644 })
    const environment = { PATH: `/does/not/exist:${directory}` }
    const found = async (...words: readonly string[]) => await findPlugin(words, environment)
    assert.deepEqual(await found('foo', 'bar', 'x'), { path: join(directory, 'kubectl-foo-bar'), args: ['x'] })
    assert.deepEqual(await found('foo', '--flag', 'bar'), { path: join(directory, 'kubectl-foo'), args: ['--flag', 'bar'] })
    assert.deepEqual(await found('a-b'), { path: join(directory, 'kubectl-a_b'), args: [] })
    assert.equal(await found('plain'), undefined)
    assert.equal(await found('nope'), undefined)
    const { paths, unreadable } = await installedPlugins(environment)
    assert.equal(paths.length, 4)
    assert.deepEqual(unreadable, ['/does/not/exist'])
  } finally {
    await rm(directory, { recursive: true })
  }
})
