/** A network policy, in sentences about what it lets through. */
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '#kinds/networking/types.gen'
import { formatLabelSelector } from '#meta/labels'
import { labelAndAnnotationLines, nameLines } from './identity.ts'
import { goTime, indented, type Lines } from './lines.ts'

export function describeNetworkPolicy(policy: NetworkPolicy): Lines {
  const { podSelector, policyTypes = [], ingress = [], egress = [] } = policy.spec ?? {}
  const selected = formatLabelSelector(podSelector)
  const rules = {
    ingress: ingress.map(({ from, ports }) => ({ peers: from, ports })),
    egress: egress.map(({ to, ports }) => ({ peers: to, ports })),
  }
  return [
    ...nameLines(policy),
    `Created on:\t${goTime(policy.metadata.creationTimestamp)}`,
    ...labelAndAnnotationLines(policy),
    'Spec:',
    ...indented([
      `PodSelector:     ${selected === '<none>' ? '<none> (Allowing the specific traffic to all pods in this namespace)' : selected}`,
      ...directionLines('ingress', rules.ingress, policyTypes.includes('Ingress')),
      ...directionLines('egress', rules.egress, policyTypes.includes('Egress')),
      `Policy Types: ${policyTypes.join(', ')}`,
    ]),
  ]
}

type Direction = 'ingress' | 'egress'
type Rule = { readonly peers?: readonly NetworkPolicyPeer[]; readonly ports?: readonly NetworkPolicyPort[] }

function directionLines(direction: Direction, rules: readonly Rule[], isAffected: boolean): Lines {
  if (!isAffected) return [`Not affecting ${direction} traffic`]
  if (rules.length === 0) return [`Allowing ${direction} traffic:`, `  <none> (Selected pods are isolated for ${direction} connectivity)`]
  const blocks = rules.map((rule, index) => [...(index === 0 ? [] : ['----------']), ...ruleLines(direction, rule)])
  return [`Allowing ${direction} traffic:`, ...indented(blocks.flat())]
}

function ruleLines(direction: Direction, { peers = [], ports = [] }: Rule): Lines {
  const [title, end] = direction === 'ingress' ? ['From', 'source'] : ['To', 'destination']
  return [
    ...(ports.length === 0 ? ['To Port: <any> (traffic allowed to all ports)'] : ports.map(portLine)),
    ...(peers.length === 0
      ? [`${title}: <any> (traffic not restricted by ${end})`]
      : peers.flatMap((peer) => [`${title}:`, ...indented(peerLines(peer))])),
  ]
}

function portLine({ port, endPort, protocol = 'TCP' }: NetworkPolicyPort): string {
  if (endPort !== undefined) return `To Port Range: ${port}-${endPort}/${protocol}`
  return `To Port: ${port ?? '<any>'}/${protocol}`
}

function peerLines({ podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer): Lines {
  if (ipBlock !== undefined) return ['IPBlock:', `  CIDR: ${ipBlock.cidr}`, `  Except: ${(ipBlock.except ?? []).join(', ')}`]
  return [
    ...(namespaceSelector === undefined ? [] : [`NamespaceSelector: ${formatLabelSelector(namespaceSelector)}`]),
    ...(podSelector === undefined ? [] : [`PodSelector: ${formatLabelSelector(podSelector)}`]),
  ]
}
