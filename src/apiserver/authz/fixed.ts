/** The authorizers that need not think: everything, nothing, and everything for the masters of the cluster. */
import { type Authorizer, allow, noOpinion } from './authorizer.ts'

export const alwaysAllow: Authorizer = { name: 'AlwaysAllow', decide: () => allow() }

export const alwaysDeny: Authorizer = { name: 'AlwaysDeny', decide: () => noOpinion('Everything is forbidden.') }

const mastersGroup = 'system:masters'

/** Stands before all others, so that a broken policy never locks everyone out. */
export const privilegedGroup: Authorizer = {
  name: 'PrivilegedGroup',
  decide: ({ user }) => (user.groups.includes(mastersGroup) ? allow() : noOpinion()),
}
