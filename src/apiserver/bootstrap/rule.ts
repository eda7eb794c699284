/** The words that the tables of bootstrap roles are written in. Lists are texts with blanks between their words. */
import type { PolicyRule } from '#kinds/rbac/types.gen'

/** Role name -> its rules. */
export type RoleTable = Readonly<Record<string, readonly PolicyRule[]>>

export const core = ''
/** Events are served by two groups. */
export const coreAndEvents = ' events.k8s.io'

export const read = 'get list watch'
/** What an informer needs. */
export const follow = 'list watch'
export const write = 'create delete deletecollection patch update'
export const readWrite = 'create delete deletecollection get list patch update watch'

export function allow(verbs: string, groups: string, resources: string, names?: string): PolicyRule {
  const rule = { verbs: verbs.split(' '), apiGroups: groups.split(' '), resources: resources.split(' ') }
  return names === undefined ? rule : { ...rule, resourceNames: names.split(' ') }
}

export function allowPaths(verbs: string, paths: string): PolicyRule {
  return { verbs: verbs.split(' '), nonResourceURLs: paths.split(' ') }
}

export const recordEvents: PolicyRule = allow('create patch update', coreAndEvents, 'events')
