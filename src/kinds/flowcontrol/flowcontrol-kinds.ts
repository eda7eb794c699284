/** The kinds of the group flowcontrol.apiserver.k8s.io, in the order of their names. */
import type { Kind } from '#meta/kind'
import { FlowSchema } from './flow-schema.kind.ts'
import { PriorityLevelConfiguration } from './priority-level-configuration.kind.ts'

export const flowcontrolKinds: readonly Kind[] = [FlowSchema, PriorityLevelConfiguration]
