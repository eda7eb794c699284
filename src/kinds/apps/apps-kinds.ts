/** The kinds of the group apps, in the order of their names. */
import type { Kind } from '#meta/kind'
import { ControllerRevision } from './controller-revision.kind.ts'
import { DaemonSet } from './daemon-set.kind.ts'
import { Deployment } from './deployment.kind.ts'
import { ReplicaSet } from './replica-set.kind.ts'
import { StatefulSet } from './stateful-set.kind.ts'

export const appsKinds: readonly Kind[] = [ControllerRevision, DaemonSet, Deployment, ReplicaSet, StatefulSet]
