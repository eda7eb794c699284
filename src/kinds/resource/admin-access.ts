/** Devices that others use are for administrators: only in a namespace that is labelled for it may a claim ask for them. */
import { type FieldErrors, FieldPath, forbiddenField } from '#meta/field-path'
import type { RequestFacts } from '#meta/kind'
import type { ResourceClaim, ResourceClaimSpec } from './types.gen.ts'

const adminLabel = 'resource.kubernetes.io/admin-access'
const problem = `admin access to devices requires the \`${adminLabel}: true\` label on the containing namespace`

function isForAdmins({ namespaceLabels }: RequestFacts): boolean {
  return namespaceLabels?.()[adminLabel] === 'true'
}

/** As upstream: the path is that of a claim in a template too. */
export function* validateAdminRequests({ devices }: ResourceClaimSpec, facts: RequestFacts): FieldErrors {
  const index = (devices?.requests ?? []).findIndex(({ exactly }) => exactly?.adminAccess === true)
  if (index < 0 || isForAdmins(facts)) return
  yield forbiddenField(FieldPath.of('spec', 'devices', 'requests').index(index).field('adminAccess'), problem)
}

/** What has been allocated stays, whatever becomes of the label. */
export function* validateAdminResults({ status: next }: ResourceClaim, { status: old }: ResourceClaim, facts: RequestFacts): FieldErrors {
  const results = next.allocation?.devices?.results ?? []
  const index = results.findIndex(({ adminAccess }) => adminAccess === true)
  const isAllocated = old.allocation?.devices?.results?.some(({ adminAccess }) => adminAccess === true) === true
  if (index < 0 || isAllocated || isForAdmins(facts)) return
  yield forbiddenField(FieldPath.of('status', 'allocation', 'devices', 'results').index(index).field('adminAccess'), problem)
}
