/** `navarch.dev/shell:v1`: busybox under all its names; what the documentation's examples call busybox. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type LayerFile, layerOf } from '#local/images/layer'
import { ociArchive } from '#local/images/oci-archive'
import type { Architecture } from '#local/images/pause-program'
import { programWithLibraries, unpackPackages } from './debian-files.ts'

export const shellImageName = 'navarch.dev/shell:v1'

/** Busybox with a link for each of its programs, the accounts root and nobody, and /tmp: the lowest layer of all test images. */
export async function shellFiles(cache: string): Promise<LayerFile[]> {
  // Not busybox-static: looking up a host, even one given as an address, needs the C library's own files.
  const busybox = join(await unpackPackages(['busybox'], cache), 'bin/busybox')
  const { stdout } = await promisify(execFile)(busybox, ['--list'])
  const programs = stdout.split('\n').filter((name) => name !== '' && name !== 'busybox')
  return [
    { path: 'bin/busybox', mode: 0o755, content: await readFile(busybox) },
    ...(await programWithLibraries(busybox)),
    ...programs.map((name) => ({ path: `bin/${name}`, linkTo: 'busybox' })),
    { path: 'etc/passwd', content: 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' },
    { path: 'etc/group', content: 'root:x:0:\nnogroup:x:65534:\n' },
    { path: 'tmp', mode: 0o1777, isFolder: true },
    { path: 'root', mode: 0o700, isFolder: true },
  ]
}

export async function shellImage(architecture: Architecture, cache: string): Promise<Buffer> {
  const layers = [await layerOf(await shellFiles(cache))]
  return ociArchive({ name: shellImageName, architecture, layers, command: ['sh'] })
}
