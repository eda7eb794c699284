/** Which node a user is: `system:node:NAME` in the group `system:nodes`. */
import type { UserInfo } from '../../exchange.ts'

const prefix = 'system:node:'

/** Undefined for users that are no nodes; the empty text for a node without a name. */
export function nodeNameOf({ name, groups }: UserInfo): string | undefined {
  return groups.includes('system:nodes') && name.startsWith(prefix) ? name.slice(prefix.length) : undefined
}
