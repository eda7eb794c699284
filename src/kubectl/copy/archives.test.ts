import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import { pack } from 'tar-stream'
import { packedTree } from './pack.ts'
import { unpackTree } from './unpack.ts'

let directory: string
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'navarch-copy-'))
})
after(() => rm(directory, { recursive: true }))

function archiveOf(files: Readonly<Record<string, string>>): Readable {
  const archive = pack()
  for (const [name, content] of Object.entries(files)) archive.entry({ name }, content)
  archive.finalize()
  return Readable.from(archive)
}

test('a tree comes out as it went in', async () => {
  const source = join(directory, 'source')
  await mkdir(join(source, 'inner', 'empty'), { recursive: true })
  await writeFile(join(source, 'inner', 'file'), 'text')
  const target = join(directory, 'target')
  await unpackTree(packedTree(source, 'top'), { source: 'top', target, warn: assert.fail })
  assert.equal(await readFile(join(target, 'inner', 'file'), 'utf8'), 'text')
  assert(existsSync(join(target, 'inner', 'empty')))
})

test('one file gets the name of the target', async () => {
  const target = join(directory, 'renamed')
  await unpackTree(archiveOf({ 'tmp/file': 'text' }), { source: '/tmp/file', target, warn: assert.fail })
  assert.equal(await readFile(target, 'utf8'), 'text')
})

test('a container cannot write beside the target', async () => {
  const warnings: string[] = []
  const target = join(directory, 'prison', 'cell')
  const files = { 'data/../../escaped': 'x', 'elsewhere/file': 'x', 'data/good': 'y' }
  await unpackTree(archiveOf(files), { source: 'data', target, warn: (text) => warnings.push(text) })
  assert.equal(warnings.length, 2)
  assert(!existsSync(join(directory, 'prison', 'escaped')))
  assert(!existsSync(join(directory, 'escaped')))
  assert.equal(await readFile(join(target, 'good'), 'utf8'), 'y')
})

test('links are named and left out', async () => {
  const source = join(directory, 'linked')
  await mkdir(source)
  await symlink('/etc', join(source, 'link'))
  const warnings: string[] = []
  const target = join(directory, 'unlinked')
  await unpackTree(packedTree(source, 'linked'), { source: 'linked', target, warn: (text) => warnings.push(text) })
  assert.match(warnings.join(''), /skipping symlink/)
  assert(!existsSync(join(target, 'link')))
})
