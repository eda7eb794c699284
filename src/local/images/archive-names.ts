/** Which images an archive holds: OCI layouts (index.json) and Docker archives (manifest.json), plain or gzipped. */
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'

class NotAnImageArchive extends Error {
  override readonly name = 'NotAnImageArchive'
}

const indexBytesMax = 4 << 20

/** Names in the order of the archive; throws NotAnImageArchive where it is neither of the two sorts. */
export async function archiveNames(archive: Readable): Promise<readonly string[]> {
  const indexes = new Map<string, unknown>()
  const tar = extract()
  try {
    const plain = await unzipped(archive)
    plain.on('error', (error) => tar.destroy(error))
    plain.pipe(tar)
    for await (const entry of tar) {
      const name = entry.header.name.replace(/^\.\//, '')
      if ((name === 'index.json' || name === 'manifest.json') && (entry.header.size ?? 0) <= indexBytesMax)
        indexes.set(name, JSON.parse(await text(entry)))
      else entry.resume()
    }
  } catch (cause) {
    throw new NotAnImageArchive('not an image archive: it is no tar file, or it is damaged', { cause })
  }
  const names = [...new Set([...ociNames(indexes.get('index.json')), ...dockerNames(indexes.get('manifest.json'))])]
  if (indexes.size === 0) throw new NotAnImageArchive('not an image archive: neither index.json (OCI) nor manifest.json (Docker) is in it')
  return names
}

async function unzipped(archive: Readable): Promise<Readable> {
  const chunks: AsyncIterator<Buffer> = archive[Symbol.asyncIterator]()
  const first = await chunks.next()
  const start: Buffer = first.done ? Buffer.alloc(0) : first.value
  const whole = Readable.from(
    (async function* () {
      yield start
      yield* { [Symbol.asyncIterator]: () => chunks }
    })(),
  )
  const isGzip = start[0] === 0x1f && start[1] === 0x8b
  return isGzip ? whole.pipe(createGunzip()) : whole
}

function ociNames(index: unknown): string[] {
  return itemsOf(fieldOf(index, 'manifests')).flatMap((manifest) => {
    const annotations = fieldOf(manifest, 'annotations')
    const name = fieldOf(annotations, 'io.containerd.image.name') ?? fieldOf(annotations, 'org.opencontainers.image.ref.name')
    return typeof name === 'string' ? [name] : []
  })
}

function dockerNames(manifest: unknown): string[] {
  return itemsOf(manifest).flatMap((image) => itemsOf(fieldOf(image, 'RepoTags')).filter((name) => typeof name === 'string'))
}

function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined
}
