/**
 * The one shape of a controller: what it is for, what else wakes it, and a reconcile that compares what
 * should be with what is. Level-triggered: reconcile may run at any time, and twice.
 */
import type { Clock } from '#base/env/clock'
import type { Log } from '#base/env/log'
import type { Random } from '#base/env/random'
import type { Client } from '#client/client'
import type { Lister } from '#client/informer'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import type { EventRecorder } from './event-recorder.ts'
import type { RunnerDeps } from './runner.ts'

/** `afterMs` asks for another look; nothing else does until something changes. */
export type Result = { readonly afterMs?: number }
export const done: Result = {}

/** What a controller works with. Reads come from caches, writes go to the server. */
export type ControllerDeps = {
  readonly client: Client
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly events: EventRecorder
  /** The shared cache of a kind that the controller declared in `for`, `owns`, `watches` or `reads`. */
  readonly cache: <T extends KubeObject>(kind: Kind<T>) => Lister<T>
}

/** Another kind whose changes concern objects of this controller. */
export type Source<W extends KubeObject = KubeObject> = {
  readonly kind: Kind<W>
  /** Keys (`namespace/name`) of the objects to look at again. `old` is the state before, where there was one. */
  readonly keysOf: (object: W, old: W | undefined, deps: ControllerDeps) => readonly string[]
}

/** Lets TypeScript infer the watched kind, and forget it afterwards. */
export function watching<W extends KubeObject>(kind: Kind<W>, keysOf: Source<W>['keysOf']): Source {
  return { kind, keysOf } as unknown as Source
}

/** An index that the controller's caches need: `cache(kind).byIndex(name, value)`. */
export type IndexOn = { readonly kind: Kind; readonly name: string; readonly valuesOf: (object: KubeObject) => readonly string[] }

export function indexOn<T extends KubeObject>(kind: Kind<T>, name: string, valuesOf: (object: T) => readonly string[]): IndexOn {
  return { kind, name, valuesOf } as unknown as IndexOn
}

export type Controller<T extends KubeObject = KubeObject> = {
  readonly name: string
  readonly for: Kind<T>
  /** Kinds whose objects have a controlling owner reference to `for`. Indexed by owner uid under `controllerUidIndex`. */
  readonly owns?: readonly Kind[]
  readonly watches?: readonly Source[]
  /** Kinds that are only read. */
  readonly reads?: readonly Kind[]
  readonly indexes?: readonly IndexOn[]
  /** How many keys are worked on at the same time; a key is never worked on twice at once. */
  readonly workerCount?: number
  /** The object is there, perhaps being deleted. A throw is retried with back-off. */
  reconcile(deps: ControllerDeps, object: T, signal: AbortSignal): Promise<Result>
  /** What else wakes it, beside caches of kinds that are known beforehand. Runs until the signal is aborted. */
  wake?(deps: RunnerDeps, add: (key: string) => void, signal: AbortSignal): Promise<void>
  /** The object is gone from the cache. */
  forget?(deps: ControllerDeps, key: string, signal: AbortSignal): Promise<Result>
}

/** Name of the index that `owns` creates: objects by the uid of their controlling owner. */
export const controllerUidIndex = 'controller-uid'
