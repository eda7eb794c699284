/** Writes an image as an OCI layout in a tar: what `ctr images import`, `podman load` and `navarch images load` take. */
import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { pack } from 'tar-stream'
import type { Architecture } from './pause-program.ts'

export interface ImageDraft {
  /** The full reference, with registry and tag. */
  readonly name: string
  readonly architecture: Architecture
  /** Tars, the lowest first. */
  readonly layers: readonly Uint8Array[]
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
  readonly environment?: readonly string[]
  readonly workingDirectory?: string
  /** For example `80/tcp`. */
  readonly exposedPorts?: readonly string[]
  readonly stopSignal?: string
}

/** Every image carries its own reference, so that no two with the same content share an image ID: removing one would remove the other. */
const referenceLabel = 'dev.navarch.image.reference'

interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
}

export async function ociArchive(image: ImageDraft): Promise<Buffer> {
  const blobs = new Map<string, Uint8Array>()
  const addBlob = (mediaType: string, bytes: Uint8Array): Descriptor => {
    const digest = digestOf(bytes)
    blobs.set(`blobs/${digest.replace(':', '/')}`, bytes)
    return { mediaType, digest, size: bytes.length }
  }
  const addJson = (mediaType: string, value: object) => addBlob(mediaType, Buffer.from(JSON.stringify(value)))

  const layers = image.layers.map((layer) => addBlob('application/vnd.oci.image.layer.v1.tar', layer))
  const config = addJson('application/vnd.oci.image.config.v1+json', configOf(image))
  const mediaType = 'application/vnd.oci.image.manifest.v1+json'
  const manifest = addJson(mediaType, { schemaVersion: 2, mediaType, config, layers })
  const annotations = { 'io.containerd.image.name': image.name, 'org.opencontainers.image.ref.name': image.name }
  const platform = { os: 'linux', architecture: image.architecture }
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [{ ...manifest, platform, annotations }],
  }

  const tar = pack()
  const collected = buffer(tar)
  const mtime = new Date(0)
  tar.entry({ name: 'oci-layout', mtime }, '{"imageLayoutVersion":"1.0.0"}')
  tar.entry({ name: 'index.json', mtime }, JSON.stringify(index))
  for (const [name, bytes] of blobs) tar.entry({ name, mtime }, Buffer.from(bytes))
  tar.finalize()
  return collected
}

function configOf(image: ImageDraft): object {
  return {
    architecture: image.architecture,
    os: 'linux',
    created: '1970-01-01T00:00:00Z',
    config: {
      Env: image.environment ?? ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      Entrypoint: image.entrypoint,
      Cmd: image.command,
      WorkingDir: image.workingDirectory ?? '/',
      ExposedPorts: Object.fromEntries((image.exposedPorts ?? []).map((port) => [port, {}])),
      StopSignal: image.stopSignal,
      Labels: { [referenceLabel]: image.name },
    },
    rootfs: { type: 'layers', diff_ids: image.layers.map(digestOf) },
  }
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
