/** The images of a node: loading archives, listing, removing. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { type Clock, sleep } from '#base/env/clock'
import type { CriClient } from '#net/cri/client'
import type { Image } from '#net/cri/cri.gen'
import { LocalError } from '../settings.ts'

export interface ImageStoreDeps {
  readonly cri: CriClient
  /** The private containerd's socket. */
  readonly socket: string
  readonly clock: Clock
}

const visibleTimeoutMs = 10_000

/** Imports an archive (a file's path or its bytes) and returns the names it brought, once the kubelet would find them. */
export async function loadImages(deps: ImageStoreDeps, archive: string | Uint8Array, signal?: AbortSignal): Promise<readonly string[]> {
  const source = typeof archive === 'string' ? createReadStream(archive) : Readable.from([archive])
  const output = await runCtr(deps.socket, ['--namespace', 'k8s.io', 'images', 'import', '-'], source, signal)
  const names = [...output.matchAll(/unpacking (\S+) \(/g)].flatMap(([, name]) => (name === undefined ? [] : [name]))
  for (const name of names) await untilVisible(deps, name, signal)
  return names
}

export async function listImages({ cri }: ImageStoreDeps, signal?: AbortSignal): Promise<readonly Image[]> {
  return (await cri.images.listImages({}, { signal })).images
}

/** True where there was such an image. */
export async function removeImage({ cri }: ImageStoreDeps, name: string, signal?: AbortSignal): Promise<boolean> {
  const { image } = await cri.images.imageStatus({ image: { image: name } }, { signal })
  await cri.images.removeImage({ image: { image: name } }, { signal })
  return image !== undefined
}

/** containerd tells its CRI part about imported images by events, a little later. */
async function untilVisible({ cri, clock }: ImageStoreDeps, name: string, signal?: AbortSignal): Promise<void> {
  const deadlineMs = clock.monotonicMs() + visibleTimeoutMs
  while ((await cri.images.imageStatus({ image: { image: name } }, { signal })).image === undefined) {
    if (clock.monotonicMs() > deadlineMs) throw new Error(`image ${name} was imported, but containerd does not list it`)
    await sleep(clock, 10, signal)
  }
}

async function runCtr(socket: string, args: readonly string[], input: Readable, signal?: AbortSignal): Promise<string> {
  const child = spawn('ctr', ['--address', socket, ...args], { stdio: ['pipe', 'pipe', 'pipe'], signal })
  // An early end of ctr breaks the pipe; its exit status and words tell more than EPIPE.
  const fed = pipeline(input, child.stdin).catch(() => {})
  const [output, errors, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close'), fed])
  if (exitCode === 0) return output
  signal?.throwIfAborted()
  throw loadFailure((errors.trim() || output.trim()).split('\n').at(-1) ?? '')
}

function loadFailure(why: string): LocalError {
  const next = why.includes('no space left on device') ? 'make room on the disk' : 'see that it is a whole OCI or Docker archive'
  return new LocalError(`the images cannot be loaded: ${why}: ${next}, then try again`)
}
