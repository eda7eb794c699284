/** Checks of what nodes write; everybody else passes. */
import type { KubeObject } from '#meta/object'
import { nodeNameOf } from '../authz/node/node-identity.ts'
import type { StateReader } from '../exchange.ts'
import { type Admission, type AdmissionPlugin, refusal } from './plugin.ts'

export type NodeCheck<T extends KubeObject> = (
  admission: Admission<T>,
  nodeName: string,
  state: StateReader,
  signal: AbortSignal,
) => void | Promise<void>

export function forNodes<T extends KubeObject>(check: NodeCheck<T>): NonNullable<AdmissionPlugin<T>['validate']> {
  return (admission, { state }, signal) => {
    const nodeName = nodeNameOf(admission.user)
    if (nodeName === undefined) return
    if (nodeName === '') throw refusal(admission, `could not determine node from user ${JSON.stringify(admission.user.name)}`)
    return check(admission, nodeName, state, signal)
  }
}
