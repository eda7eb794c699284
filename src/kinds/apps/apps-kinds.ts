/** The kinds of the group apps, in the order of their names. */
import type { Kind } from '#meta/kind'
import { Deployment } from './deployment.kind.ts'
import { ReplicaSet } from './replica-set.kind.ts'

export const appsKinds: readonly Kind[] = [Deployment, ReplicaSet]
