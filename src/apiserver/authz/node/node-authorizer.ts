/**
 * Nodes may do what the role `system:node` says, but read only the objects that their own pods need, and write only
 * what is theirs. The reasons are upstream's words: they end the message that a kubelet logs.
 */
import type { PolicyRule } from '#kinds/rbac/types.gen'
import { type AccessQuestion, type Authorizer, allow, type Decision, noOpinion, type ResourceQuestion } from '../authorizer.ts'
import { rulesAllow } from '../rbac/rules.ts'
import type { NeededKind, NodeGraph } from './node-graph.ts'
import { nodeNameOf } from './node-identity.ts'

export type NodeAuthorizerDeps = {
  readonly graph: NodeGraph
  /** What holds for all nodes alike: the rules of `system:node`. */
  readonly rules: readonly PolicyRule[]
}

type NodeQuestion = { readonly nodeName: string; readonly verb: string; readonly resource: ResourceQuestion; readonly graph: NodeGraph }
type Check = (question: NodeQuestion) => Decision

export function nodeAuthorizer({ graph, rules }: NodeAuthorizerDeps): Authorizer {
  return {
    name: 'Node',
    decide(question) {
      const nodeName = nodeNameOf(question.user)
      if (nodeName === undefined) return noOpinion()
      if (nodeName === '') return noOpinion(`unknown node for user ${JSON.stringify(question.user.name)}`)
      const check = checkFor(question)
      if (check !== undefined && question.resource !== undefined)
        return check({ nodeName, verb: question.verb, resource: question.resource, graph })
      return rulesAllow(rules, question) ? allow() : noOpinion()
    },
  }
}

function checkFor({ resource }: AccessQuestion): Check | undefined {
  return resource === undefined ? undefined : checks[`${resource.resource}.${resource.group}`]
}

const checks: Readonly<Record<string, Check>> = {
  'secrets.': (question) => readNeeded('secrets', question),
  'configmaps.': (question) => readNeeded('configmaps', question),
  'persistentvolumeclaims.': claim,
  'persistentvolumes.': (question) => getNeeded('persistentvolumes', question),
  'volumeattachments.storage.k8s.io': (question) => getNeeded('volumeattachments', question),
  'resourceslices.resource.k8s.io': slice,
  'resourceclaims.resource.k8s.io': (question) => getNeeded('resourceclaims', question),
  'serviceaccounts.': serviceAccount,
  'leases.coordination.k8s.io': lease,
  'csinodes.storage.k8s.io': csiNode,
  'nodes.': node,
  'pods.': pod,
}

/** Lists and watches are allowed for single objects: kubelets watch what their pods mount. */
function readNeeded(kind: NeededKind, question: NodeQuestion): Decision {
  if (!['get', 'list', 'watch'].includes(question.verb)) return noOpinion('can only read resources of this type')
  if (question.resource.subresource !== '') return noOpinion('cannot read subresource')
  if (question.resource.namespace === '') return noOpinion('can only read namespaced object of this type')
  return needed(kind, question)
}

function getNeeded(kind: NeededKind, question: NodeQuestion): Decision {
  if (question.verb !== 'get') return noOpinion('can only get individual resources of this type')
  if (question.resource.subresource !== '') return noOpinion('cannot get subresource')
  return needed(kind, question)
}

function needed(kind: NeededKind, { nodeName, resource, graph }: NodeQuestion): Decision {
  if (resource.name === '') return noOpinion('No Object name found')
  if (graph.isNeeded(nodeName, kind, resource.namespace, resource.name)) return allow()
  return noOpinion(`no relationship found between node '${nodeName}' and this object`)
}

function claim(question: NodeQuestion): Decision {
  if (question.resource.subresource !== 'status') return getNeeded('persistentvolumeclaims', question)
  // The text is upstream's, although a status cannot be got.
  if (!['update', 'patch'].includes(question.verb)) return noOpinion('can only get/update/patch this type')
  return needed('persistentvolumeclaims', question)
}

function serviceAccount(question: NodeQuestion): Decision {
  const { verb, resource } = question
  if (verb === 'get' && resource.subresource === '') return needed('serviceaccounts', question)
  if (verb !== 'create' || resource.name === '') return noOpinion('can only create tokens for individual service accounts')
  if (resource.subresource !== 'token') return noOpinion('can only create token subresource of serviceaccount')
  return needed('serviceaccounts', question)
}

const ownVerbs = ['get', 'create', 'update', 'patch', 'delete']

function lease({ nodeName, verb, resource }: NodeQuestion): Decision {
  if (!ownVerbs.includes(verb)) return noOpinion('can only get, create, update, patch, or delete a node lease')
  if (resource.namespace !== 'kube-node-lease') return noOpinion('can only access leases in the "kube-node-lease" system namespace')
  // The name of what is being created stands in the body, which admission looks at.
  if (verb !== 'create' && resource.name !== nodeName)
    return noOpinion('can only access node lease with the same name as the requesting node')
  return allow()
}

function csiNode({ nodeName, verb, resource }: NodeQuestion): Decision {
  if (!ownVerbs.includes(verb)) return noOpinion('can only get, create, update, patch, or delete a CSINode')
  if (resource.subresource !== '') return noOpinion('cannot authorize CSINode subresources')
  if (verb !== 'create' && resource.name !== nodeName) return noOpinion('can only access CSINode with the same name as the requesting node')
  return allow()
}

/** Which node may be written is admission's affair: only that sees the body. */
function node({ nodeName, verb, resource }: NodeQuestion): Decision {
  if (resource.subresource === 'status') return ['update', 'patch'].includes(verb) ? allow() : noOpinion()
  if (resource.subresource !== '') return noOpinion()
  if (['create', 'update', 'patch'].includes(verb)) return allow()
  if (!['get', 'list', 'watch'].includes(verb)) return noOpinion()
  if (resource.name === nodeName) return allow()
  if (resource.name === '') return noOpinion(`node '${nodeName}' cannot read all nodes, only its own Node object`)
  return noOpinion(`node '${nodeName}' cannot read '${resource.name}', only its own Node object`)
}

function pod(question: NodeQuestion): Decision {
  const { verb, resource, nodeName } = question
  if (resource.subresource === 'status') return ['update', 'patch'].includes(verb) ? allow() : noOpinion()
  if (resource.subresource === 'eviction') return verb === 'create' ? allow() : noOpinion()
  if (resource.subresource !== '') return noOpinion()
  switch (verb) {
    case 'create':
    case 'delete':
      return allow()
    case 'get':
      return needed('pods', question)
    case 'list':
    case 'watch':
      if (resource.name !== '') return needed('pods', question)
      return isLimitedTo(nodeName, resource) ? allow() : noOpinion('can only list/watch pods with spec.nodeName field selector')
    default:
      return noOpinion()
  }
}

function slice(question: NodeQuestion): Decision {
  const { verb, resource, nodeName } = question
  if (resource.subresource !== '') return noOpinion('cannot authorize ResourceSlice subresources')
  switch (verb) {
    // Whose it is stands in the body, which admission looks at.
    case 'create':
      return allow()
    case 'get':
    case 'update':
    case 'patch':
    case 'delete':
      return needed('resourceslices', question)
    case 'list':
    case 'watch':
    case 'deletecollection':
      if (isLimitedTo(nodeName, resource)) return allow()
      return noOpinion('can only list/watch/deletecollection resourceslices with nodeName field selector')
    default:
      return noOpinion(
        'only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection',
      )
  }
}

function isLimitedTo(nodeName: string, { fieldSelector = [] }: ResourceQuestion): boolean {
  return fieldSelector.some(
    ({ key, operator, values }) => key === 'spec.nodeName' && operator === 'In' && values.length === 1 && values[0] === nodeName,
  )
}
