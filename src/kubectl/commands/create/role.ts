/** `kubectl create role`. */
import { creationCommand } from '../../create/creation.ts'
import { resourceRules, ruleFlags, verbsOf } from '../../create/policy-rules.ts'
import { CommandError } from '../../errors.ts'
import { madeResources } from '../../resources/made-resources.ts'

export const createRole = creationCommand({
  name: 'role',
  summary: 'Create a role with single rule',
  examples: [
    ['Read pods', 'kubectl create role pod-reader --verb=get --verb=list --verb=watch --resource=pods'],
    ['Only one pod', 'kubectl create role pod-reader --verb=get --resource=pods --resource-name=web'],
  ],
  usage: 'NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [--dry-run=server|client|none]',
  flags: ruleFlags,
  resource: madeResources.role,
  async draft(call, name) {
    const { flags } = call
    const verbs = verbsOf(flags.verb)
    if (flags.resource.length === 0) throw new CommandError('at least one resource must be specified')
    return { metadata: { name }, rules: await resourceRules(call, verbs, flags.resource, flags['resource-name']) }
  },
})
