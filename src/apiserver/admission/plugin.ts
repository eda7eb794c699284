/** Admission: after the body is decoded and defaulted, before validation (`mutate`) and after it (`validate`). */

import type { Clock } from '#base/env/clock'
import type { Random } from '#base/env/random'
import type { Client } from '#client/client'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { forbidden, type StatusError } from '#meta/status'
import type { StateReader, UserInfo } from '../exchange.ts'

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'

/** One write on trial. `object` is absent for DELETE, `old` for CREATE. */
export type Admission<T extends KubeObject = KubeObject> = {
  readonly operation: Operation
  readonly kind: Kind<T>
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  readonly object: T
  readonly old: T | undefined
  readonly user: UserInfo
  readonly isDryRun: boolean
  readonly options: unknown
  /** Adds a `Warning` header to the answer. */
  readonly warn: (text: string) => void
}

export type AdmissionDeps = { readonly state: StateReader; readonly client: Client; readonly clock: Clock; readonly random: Random }

export type AdmissionPlugin<T extends KubeObject = KubeObject> = {
  /** Upstream's name, as in `--enable-admission-plugins`. */
  readonly name: string
  /** Absent: all kinds. */
  readonly kinds?: readonly Kind<T>[]
  readonly operations: readonly Operation[]
  /** Absent: only the object itself; otherwise these subresources ('' is the object). */
  readonly subresources?: readonly string[]
  /** Returns the object to go on with. Throws a StatusError to refuse. */
  readonly mutate?: (admission: Admission<T>, deps: AdmissionDeps, signal: AbortSignal) => T | Promise<T>
  /** Throws a StatusError to refuse. */
  readonly validate?: (admission: Admission<T>, deps: AdmissionDeps, signal: AbortSignal) => void | Promise<void>
}

/** A plugin for some kinds as one of the list: the chain gives it only objects of the kinds that it names. */
export function definePlugin<T extends KubeObject>(plugin: AdmissionPlugin<T> & { readonly kinds: readonly Kind<T>[] }): AdmissionPlugin {
  return plugin as unknown as AdmissionPlugin
}

/** The refusal of a plugin. An object without a name yet is called by its prefix. */
export function refusal<T extends KubeObject>({ kind, name, object }: Admission<T>, why: string): StatusError {
  return forbidden(kind, name || object?.metadata.generateName || '', why)
}
