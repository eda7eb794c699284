/**
 * One volume with files from the API, and its life: filled once before the pod starts, then kept fresh whenever an
 * object that it names, the pod itself, or a token's age asks for it. Contents that cannot be had now stay as they are.
 */
import type { Env } from '#base/env/env'
import type { Client } from '#client/client'
import type { Pod } from '#kinds/core/types.gen'
import type { ObjectWatcher } from '../references/object-watcher.ts'
import { writeAtomically } from './atomic-writer.ts'
import type { DownwardFacts } from './downward-api.ts'
import { makeWritableDirectory } from './empty-dir.ts'
import type { FileVolumeSpec } from './file-volume-spec.ts'
import { giveToGroup, ownershipOf } from './ownership.ts'
import { projectedFiles, referencesOf } from './projected.ts'
import { VolumeTokens } from './service-account-token.ts'

export type FileVolumeDeps = Env & {
  readonly client: Client
  readonly references: ObjectWatcher
  readonly facts: () => DownwardFacts
  /** What the pod's volume was waiting for may be there now. */
  readonly onChange: () => void
}

const retryAfterMs = 30_000

export class FileVolume {
  readonly #deps: FileVolumeDeps
  readonly #spec: FileVolumeSpec
  readonly #directory: string
  readonly #tokens: VolumeTokens
  readonly #watches = new DisposableStack()
  readonly #stop = new AbortController()
  #pod: Pod
  #isFilled = false
  /** Could not be filled: somebody will try again when told. */
  #isWaiting = false
  #isDirty = false
  #running: Promise<void> | undefined
  #timer: Disposable | undefined

  constructor(deps: FileVolumeDeps, pod: Pod, spec: FileVolumeSpec, directory: string) {
    this.#deps = deps
    this.#pod = pod
    this.#spec = spec
    this.#directory = directory
    this.#tokens = new VolumeTokens(deps)
    for (const reference of referencesOf(pod, spec)) this.#watches.use(deps.references.watch(reference, () => this.#refresh()))
  }

  /** Rejects with what is missing; then it may be called again. */
  async fill(): Promise<void> {
    if (this.#isFilled) return
    await makeWritableDirectory(this.#directory)
    this.#isWaiting = false
    this.#isDirty = false
    try {
      await this.#write()
    } catch (error) {
      this.#isWaiting = true
      // It may have come just after we looked.
      if (this.#isDirty) this.#deps.onChange()
      throw error
    }
    const { fsGroup } = ownershipOf(this.#pod)
    if (fsGroup !== undefined) await giveToGroup(this.#directory, fsGroup, true)
    this.#isFilled = true
    this.#scheduleRenewal()
    if (this.#isDirty) this.#refresh()
  }

  /** Labels and annotations may be among the files. */
  podChanged(pod: Pod): void {
    this.#pod = pod
    if (this.#spec.sources.some((source) => source.downwardAPI !== undefined)) this.#refresh()
  }

  /** Ends refreshing; resolves when nothing is being written any more. */
  async close(): Promise<void> {
    this.#stop.abort()
    this.#watches.dispose()
    this.#timer?.[Symbol.dispose]()
    await this.#running
  }

  #refresh(): void {
    this.#isDirty = true
    if (this.#isWaiting) this.#deps.onChange()
    if (!this.#isFilled || this.#stop.signal.aborted) return
    this.#running ??= this.#refreshWhileDirty().finally(() => {
      this.#running = undefined
    })
  }

  async #refreshWhileDirty(): Promise<void> {
    while (this.#isDirty && !this.#stop.signal.aborted) {
      this.#isDirty = false
      try {
        await this.#write()
        this.#scheduleRenewal()
      } catch (error) {
        if (this.#stop.signal.aborted) return
        this.#deps.log.warn('volume not refreshed, keeps what it has', { directory: this.#directory, pod: this.#pod.metadata.name, error })
        this.#refreshAfter(retryAfterMs)
      }
    }
  }

  async #write(): Promise<void> {
    const { references, clock, facts } = this.#deps
    const files = await projectedFiles(this.#pod, this.#spec, { references, tokens: this.#tokens, facts: facts() }, this.#stop.signal)
    this.#stop.signal.throwIfAborted()
    await writeAtomically(this.#directory, files, { clock, fsGroup: ownershipOf(this.#pod).fsGroup })
  }

  #scheduleRenewal(): void {
    const { renewAtMs } = this.#tokens
    if (Number.isFinite(renewAtMs)) this.#refreshAfter(Math.max(renewAtMs - this.#deps.clock.nowMs(), 1000))
  }

  #refreshAfter(delayMs: number): void {
    this.#timer?.[Symbol.dispose]()
    if (!this.#stop.signal.aborted) this.#timer = this.#deps.clock.setTimer(delayMs, () => this.#refresh())
  }
}
