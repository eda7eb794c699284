/** Who may talk to pods, and whom they may talk to. */
import { defineKind, type Kind } from '#meta/kind'
import { formatLabelSelector } from '#meta/labels'
import { ageColumn, nameColumn } from '#meta/table'
import { validateNetworkPolicy } from './network-policy-validation.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type NetworkPolicy = types.NetworkPolicy
export const NetworkPolicy: Kind<NetworkPolicy> = defineKind({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  shortNames: ['netpol'],
  scope: 'Namespaced',
  hasGeneration: true,
  schema: schemas.NetworkPolicy,
  columns: [
    nameColumn,
    {
      name: 'Pod-Selector',
      type: 'string',
      describedBy: 'spec.podSelector',
      cell: (object) => formatLabelSelector(object.spec?.podSelector),
    },
    ageColumn,
  ],
  defaults: defaultNetworkPolicy,
  validate: validateNetworkPolicy,
})

/** A policy with egress rules is of both types unless it says otherwise. */
function defaultNetworkPolicy(policy: NetworkPolicy): NetworkPolicy {
  const { spec } = policy
  if (spec === undefined) return policy
  const withPort = <R extends { readonly ports?: readonly types.NetworkPolicyPort[] }>(rule: R): R =>
    rule.ports === undefined ? rule : { ...rule, ports: rule.ports.map((port) => ({ protocol: 'TCP', ...port })) }
  return {
    ...policy,
    spec: {
      policyTypes: (spec.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'],
      ...spec,
      ...(spec.ingress ? { ingress: spec.ingress.map(withPort) } : {}),
      ...(spec.egress ? { egress: spec.egress.map(withPort) } : {}),
    },
  }
}
