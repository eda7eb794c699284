/** The kinds of the core group, in the order of their names. */
import type { Kind } from '#meta/kind'
import { ConfigMap } from './configmap.kind.ts'
import { Namespace } from './namespace.kind.ts'
import { Pod } from './pod/pod.kind.ts'

export const coreKinds: readonly Kind[] = [ConfigMap, Namespace, Pod]
