/** What a NetworkPolicy has to keep (upstream: ValidateNetworkPolicy). */
import { type FieldErrors, FieldPath, forbiddenField, invalid, notSupported, required } from '#meta/field-path'
import { isPortName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { cidrFamilyOf, cidrProblems, isStrictSubnet } from '../ip-address.ts'
import { validateLabelSelector } from '../label-selector-validation.ts'
import { validateBetween } from '../number-validation.ts'
import type { IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from './types.gen.ts'

const policyTypesKnown = ['Ingress', 'Egress']
// As upstream lists them here.
const protocols = ['TCP', 'UDP', 'SCTP']

export function* validateNetworkPolicy({ spec = {} }: NetworkPolicy): FieldErrors {
  const at = FieldPath.of('spec')
  const { podSelector, ingress = [], egress = [], policyTypes = [] } = spec
  yield* validateLabelSelector(podSelector, at.field('podSelector'))
  for (const [index, { ports, from }] of ingress.entries()) yield* validateRule(ports, from, 'from', at.field('ingress').index(index))
  for (const [index, { ports, to }] of egress.entries()) yield* validateRule(ports, to, 'to', at.field('egress').index(index))
  if (policyTypes.length > 2) {
    yield invalid(at.field('policyTypes'), policyTypes, 'may not specify more than two policyTypes')
    return
  }
  for (const [index, type] of policyTypes.entries()) {
    if (!policyTypesKnown.includes(type)) yield notSupported(at.field('policyTypes').index(index), type, policyTypesKnown)
  }
}

function* validateRule(
  ports: readonly NetworkPolicyPort[] = [],
  peers: readonly NetworkPolicyPeer[] = [],
  peersField: 'from' | 'to',
  at: FieldPath,
): FieldErrors {
  for (const [index, port] of ports.entries()) yield* validatePort(port, at.field('ports').index(index))
  for (const [index, peer] of peers.entries()) yield* validatePeer(peer, at.field(peersField).index(index))
}

function* validatePort({ protocol, port, endPort }: NetworkPolicyPort, at: FieldPath): FieldErrors {
  if (protocol !== undefined && !protocols.includes(protocol)) yield notSupported(at.field('protocol'), protocol, protocols)
  const end = at.field('endPort')
  if (port === undefined) {
    if (endPort !== undefined) yield invalid(end, endPort, 'may not be specified when `port` is not specified')
  } else if (typeof port === 'string') {
    if (endPort !== undefined) yield invalid(end, endPort, 'may not be specified when `port` is non-numeric')
    yield* invalidEach(at.field('port'), port, isPortName(port))
  } else {
    yield* validateBetween(port, 1, 65535, at.field('port'))
    // As upstream, the error shows the port, not its end.
    if (endPort !== undefined && endPort < port) yield invalid(end, port, 'must be greater than or equal to `port`')
    yield* validateBetween(endPort, 1, 65535, end)
  }
}

function* validatePeer({ podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer, at: FieldPath): FieldErrors {
  yield* validateLabelSelector(podSelector, at.field('podSelector'))
  yield* validateLabelSelector(namespaceSelector, at.field('namespaceSelector'))
  if (ipBlock !== undefined) yield* validateIpBlock(ipBlock, at.field('ipBlock'))
  const hasSelector = podSelector !== undefined || namespaceSelector !== undefined
  if (!hasSelector && ipBlock === undefined) yield required(at, 'must specify a peer')
  else if (hasSelector && ipBlock !== undefined) yield forbiddenField(at, 'may not specify both ipBlock and another peer')
}

function* validateIpBlock({ cidr = '', except = [] }: IPBlock, at: FieldPath): FieldErrors {
  if (cidr === '') return yield required(at.field('cidr'))
  const problems = cidrProblems(cidr)
  yield* invalidEach(at.field('cidr'), cidr, problems)
  for (const [index, part] of except.entries()) {
    const here = at.field('except').index(index)
    const partProblems = cidrProblems(part)
    yield* invalidEach(here, part, partProblems)
    if (problems.length > 0 || cidrFamilyOf(part) === undefined) continue
    if (!isStrictSubnet(part, cidr)) yield invalid(here, part, 'must be a strict subset of `cidr`')
  }
}
