/** Tells users what happened to an object, as `Event` objects that `kubectl describe` shows. */
import type { KubeObject } from '#meta/object'

export type EventType = 'Normal' | 'Warning'

export interface EventRecorder {
  /** Records that `reason` (CamelCase) happened to `object`. Never throws and never waits; repeats are counted, not repeated. */
  event(
    object: KubeObject,
    type: EventType,
    reason: string,
    message: string,
    facts?: { readonly fieldPath?: string; readonly action?: string },
  ): void
}
