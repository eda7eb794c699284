/** What the bindings of both sorts of policies have in common. */
import type { KubeObject } from '#meta/object'
import { ageColumn, type Column, nameColumn } from '#meta/table'
import { defaultMatch } from './match-defaults.ts'
import { paramRefText } from './param-columns.ts'
import type { MatchResources, ParamRef } from './types.gen.ts'

type PolicyBinding = KubeObject & {
  readonly spec?: { readonly policyName?: string; readonly paramRef?: ParamRef; readonly matchResources?: MatchResources }
}

export const bindingColumns: readonly Column<PolicyBinding>[] = [
  nameColumn,
  {
    name: 'PolicyName',
    type: 'string',
    description: 'PolicyName indicates the policy definition which the policy binding binded to',
    cell: ({ spec }) => spec?.policyName ?? '',
  },
  {
    name: 'ParamRef',
    type: 'string',
    description: 'ParamRef indicates the param resource which sets the configuration param',
    cell: ({ spec }) => paramRefText(spec?.paramRef),
  },
  ageColumn,
]

export function defaultPolicyBinding<B extends PolicyBinding>(binding: B): B {
  const matchResources = binding.spec?.matchResources
  return matchResources === undefined ? binding : { ...binding, spec: { ...binding.spec, matchResources: defaultMatch(matchResources) } }
}
