/** Every kind that a cluster has from the start. */
import type { Kind } from '#meta/kind'
import { coreKinds } from './core/core-kinds.ts'

export const builtinKinds: readonly Kind[] = [...coreKinds]
