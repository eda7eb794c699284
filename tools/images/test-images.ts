/** The test images as archives under .cache/images: made when first asked for, from Debian's packages, without any registry. */
import { mkdir, rename, stat, writeFile } from 'node:fs/promises'
import { arch } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { imageArchitecture } from '#local/images/pause-image'
import type { Architecture } from '#local/images/pause-program'
import { nginxImage } from './nginx-image.ts'
import { shellImage } from './shell-image.ts'

export const testImageNames = ['shell-v1', 'nginx-v1', 'nginx-v2'] as const
export type TestImageName = (typeof testImageNames)[number]

const cache = fileURLToPath(new URL('../../.cache/images', import.meta.url))

/** The path of the image's archive. */
export async function testImage(name: TestImageName): Promise<string> {
  const path = join(cache, `${name}.tar`)
  if ((await stat(path).catch(() => undefined)) !== undefined) return path
  await mkdir(cache, { recursive: true })
  const archive = await makers[name](imageArchitecture(arch()))
  await writeFile(`${path}.new`, archive)
  await rename(`${path}.new`, path)
  return path
}

const makers: Readonly<Record<TestImageName, (architecture: Architecture) => Promise<Buffer>>> = {
  'shell-v1': (architecture) => shellImage(architecture, cache),
  'nginx-v1': (architecture) => nginxImage(1, architecture, cache),
  'nginx-v2': (architecture) => nginxImage(2, architecture, cache),
}
