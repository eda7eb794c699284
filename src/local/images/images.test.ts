import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { arch, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { archiveNames } from './archive-names.ts'
import { layerOf } from './layer.ts'
import { ociArchive } from './oci-archive.ts'
import { imageArchitecture, pauseImage, pauseImageName } from './pause-image.ts'
import { pauseProgram } from './pause-program.ts'

test('the pause program runs and ends at SIGTERM with status 0', { skip: process.platform !== 'linux' }, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'navarch-pause-'))
  try {
    const path = join(directory, 'pause')
    await writeFile(path, pauseProgram(imageArchitecture(arch())), { mode: 0o755 })
    const child = spawn(path)
    // Until it waits for signals (rt_sigtimedwait is 128 on amd64, 137 on arm64).
    while (!/^(128|137) /.test(await readFile(`/proc/${child.pid}/syscall`, 'utf8')));
    child.kill('SIGCHLD')
    child.kill('SIGTERM')
    assert.deepEqual(await once(child, 'exit'), [0, null])
  } finally {
    await rm(directory, { recursive: true })
  }
})

test('both architectures have their ELF header', () => {
  assert.equal(pauseProgram('amd64').readUInt16LE(18), 62)
  assert.equal(pauseProgram('arm64').readUInt16LE(18), 183)
})

test('names are read from OCI and Docker archives, gzipped or not', async () => {
  const oci = await pauseImage('amd64')
  assert.deepEqual(await archiveNames(Readable.from([oci])), [pauseImageName])
  assert.deepEqual(await archiveNames(Readable.from([gzipSync(oci)])), [pauseImageName])
  const docker = pack()
  docker.entry({ name: 'manifest.json' }, JSON.stringify([{ RepoTags: ['a:1', 'a:2'] }, { RepoTags: null }]))
  docker.finalize()
  assert.deepEqual(await archiveNames(Readable.from([await buffer(docker)])), ['a:1', 'a:2'])
})

test('what is no image archive is refused', async () => {
  const empty = pack()
  empty.finalize()
  await assert.rejects(archiveNames(Readable.from([await buffer(empty)])), /neither index.json/)
  await assert.rejects(archiveNames(Readable.from([Buffer.alloc(2000, 'x')])), /no tar file/)
})

test('the same content under two names has two image IDs, and the same name twice one', async () => {
  const layers = [await layerOf([{ path: 'etc/motd', content: 'hello' }])]
  const [a, again, b] = await Promise.all(['x:1', 'x:1', 'x:2'].map((name) => ociArchive({ name, architecture: 'amd64', layers })))
  assert.deepEqual(a, again)
  assert.notDeepEqual(a, b)
})
