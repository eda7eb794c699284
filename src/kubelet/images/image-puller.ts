/**
 * Images of containers: the pull policy, one pull at a time per image however many containers wait for it, and
 * a growing pause after each failure.
 */
import type { Clock } from '#base/env/clock'
import type { Container, Pod, Secret } from '#kinds/core/types.gen'
import type { CriClient } from '#net/cri/client'
import type { EventRecorder } from '#reconcile/event-recorder'
import { StartError } from '../pods/start-error.ts'
import type { ImageUser } from '../runtime/security-context.ts'
import { type Credentials, credentialsFor } from './credentials.ts'

export type PulledImage = { readonly ref: string; readonly user: ImageUser }
export type ImagePullerDeps = {
  readonly cri: CriClient
  readonly clock: Clock
  readonly events: EventRecorder
  readonly secret: (namespace: string, name: string) => Promise<Secret | undefined>
}

const initialDelayMs = 10_000
const delayMsMax = 300_000
const pullTimeoutMs = 15 * 60_000

type Failure = { readonly count: number; readonly atMs: number; readonly message: string }

export class ImagePuller {
  readonly #deps: ImagePullerDeps
  readonly #pulls = new Map<string, Promise<void>>()
  readonly #failures = new Map<string, Failure>()

  constructor(deps: ImagePullerDeps) {
    this.#deps = deps
  }

  /** Resolves once the image is here. Rejects with a StartError whose reason says whether a pull failed now or waits. */
  async ensure(pod: Pod, container: Container, signal: AbortSignal): Promise<PulledImage> {
    const image = withTag(container.image ?? '')
    const policy = container.imagePullPolicy ?? 'IfNotPresent'
    const present = policy === 'Always' ? undefined : await this.#find(image)
    const note = (reason: string, message: string) =>
      this.#deps.events.event(pod, 'Normal', reason, message, { fieldPath: `spec.containers{${container.name}}` })
    if (present !== undefined) {
      note('Pulled', `Container image "${container.image}" already present on machine and can be accessed by the pod`)
      return present
    }
    if (policy === 'Never') {
      throw new StartError('ErrImageNeverPull', `Container image "${container.image}" is not present with pull policy of Never`)
    }
    const key = `${pod.metadata.uid}/${image}`
    this.#refuseWhileBackingOff(key, container)
    note('Pulling', `Pulling image "${container.image}"`)
    const startedMs = this.#deps.clock.monotonicMs()
    await this.#pull(pod, container, image, key, signal)
    const pulled = await this.#find(image)
    if (pulled === undefined) throw new StartError('ErrImagePull', `image "${container.image}" was pulled and is not there`)
    note('Pulled', `Successfully pulled image "${container.image}" in ${Math.round(this.#deps.clock.monotonicMs() - startedMs)}ms`)
    return pulled
  }

  async #find(image: string): Promise<PulledImage | undefined> {
    const { image: found } = await this.#deps.cri.images.imageStatus({ image: { image } }, { timeoutMs: 30_000 })
    if (found === undefined || found.id === '') return undefined
    const uid = found.uid === undefined ? undefined : Number(found.uid.value)
    return { ref: found.id, user: { uid: uid ?? (found.username === '' ? 0 : undefined), username: found.username } }
  }

  #refuseWhileBackingOff(key: string, container: Container): void {
    const failure = this.#failures.get(key)
    if (failure === undefined) return
    const untilMs = failure.atMs + Math.min(initialDelayMs * 2 ** (failure.count - 1), delayMsMax)
    if (this.#deps.clock.nowMs() < untilMs) {
      throw new StartError('ImagePullBackOff', `Back-off pulling image "${container.image}": ErrImagePull: ${failure.message}`)
    }
  }

  async #pull(pod: Pod, container: Container, image: string, key: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#shared(image, () => this.#pullWithCredentials(pod, image, signal))
      this.#failures.delete(key)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      this.#failures.set(key, { count: (this.#failures.get(key)?.count ?? 0) + 1, atMs: this.#deps.clock.nowMs(), message })
      throw new StartError('ErrImagePull', `failed to pull image "${container.image}": ${message}`, error)
    }
  }

  /** Tries each credential in turn, and none at last. */
  async #pullWithCredentials(pod: Pod, image: string, signal: AbortSignal): Promise<void> {
    const credentials: readonly (Credentials | undefined)[] = [...(await credentialsFor(pod, image, this.#deps.secret)), undefined]
    let failure: unknown
    for (const auth of credentials) {
      try {
        await this.#deps.cri.images.pullImage(
          { image: { image }, ...(auth === undefined ? {} : { auth }) },
          { signal, timeoutMs: pullTimeoutMs },
        )
        return
      } catch (error) {
        failure = error
      }
    }
    throw failure
  }

  async #shared(image: string, pull: () => Promise<void>): Promise<void> {
    const running = this.#pulls.get(image) ?? pull().finally(() => this.#pulls.delete(image))
    this.#pulls.set(image, running)
    await running
  }
}

/** `nginx` means `nginx:latest`; a digest or tag stays. */
function withTag(image: string): string {
  if (image.includes('@')) return image
  return image.slice(image.lastIndexOf('/') + 1).includes(':') ? image : `${image}:latest`
}
