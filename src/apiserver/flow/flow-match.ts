/** Whether a flow schema is about a request. Pure. */
import type { FlowSchema } from '#kinds/flowcontrol/flow-schema.kind'
import type { NonResourcePolicyRule, ResourcePolicyRule, Subject } from '#kinds/flowcontrol/types.gen'
import type { RequestInfo, UserInfo } from '../exchange.ts'

export function isMatch({ spec }: FlowSchema, user: UserInfo, info: RequestInfo): boolean {
  return (spec.rules ?? []).some(
    ({ subjects, resourceRules = [], nonResourceRules = [] }) =>
      subjects.some((subject) => isSubject(subject, user)) &&
      (info.isResourceRequest
        ? resourceRules.some((rule) => coversResource(rule, info))
        : nonResourceRules.some((rule) => coversPath(rule, info))),
  )
}

function isSubject({ user: byName, group, serviceAccount }: Subject, { name, groups }: UserInfo): boolean {
  if (byName !== undefined) return byName.name === '*' || byName.name === name
  if (group !== undefined) return group.name === '*' || groups.includes(group.name)
  if (serviceAccount === undefined) return false
  const accounts = `system:serviceaccount:${serviceAccount.namespace}:`
  return serviceAccount.name === '*' ? name.startsWith(accounts) : name === accounts + serviceAccount.name
}

function coversResource(rule: ResourcePolicyRule, { verb, group, resource, subresource, namespace }: RequestInfo): boolean {
  const path = subresource === '' ? resource : `${resource}/${subresource}`
  const isInPlace = namespace === '' ? rule.clusterScope === true : holds(rule.namespaces ?? [], namespace)
  return isInPlace && holds(rule.verbs, verb) && holds(rule.apiGroups, group) && holds(rule.resources, path)
}

function coversPath({ verbs, nonResourceURLs }: NonResourcePolicyRule, { verb, path }: RequestInfo): boolean {
  const isCovered = (url: string) => url === '*' || url === path || (url.endsWith('/*') && path.startsWith(url.slice(0, -1)))
  return holds(verbs, verb) && nonResourceURLs.some(isCovered)
}

function holds(list: readonly string[], wanted: string): boolean {
  return list.includes(wanted) || list.includes('*')
}
