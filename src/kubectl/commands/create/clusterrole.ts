/** `kubectl create clusterrole`. */
import { listFlag, mapFlag } from '#component/flags'
import { creationCommand } from '../../create/creation.ts'
import { resourceRules, ruleFlags, verbsOf } from '../../create/policy-rules.ts'
import { CommandError } from '../../errors.ts'
import { madeResources } from '../../resources/made-resources.ts'

const urlVerbs = ['get', 'put', 'post', 'head', 'options', 'delete', 'patch']

export const createClusterRole = creationCommand({
  name: 'clusterrole',
  summary: 'Create a cluster role',
  examples: [
    ['Read pods everywhere', 'kubectl create clusterrole pod-reader --verb=get,list,watch --resource=pods'],
    ['A path of the server that is no resource', 'kubectl create clusterrole logs --verb=get --non-resource-url=/logs/*'],
    ['All that other roles with a label allow', 'kubectl create clusterrole monitoring --aggregation-rule="monitoring=true"'],
  ],
  usage: 'NAME --verb=verb --resource=resource.group [--resource-name=resourcename] [--dry-run=server|client|none]',
  flags: {
    ...ruleFlags,
    'aggregation-rule': mapFlag({}, 'Take the rules of cluster roles with these labels.'),
    'non-resource-url': listFlag([], 'Paths of the server that are no resources.'),
  },
  resource: madeResources.clusterRole,
  async draft(call, name) {
    const { flags } = call
    const labels = flags['aggregation-rule']
    const urls = flags['non-resource-url']
    if (Object.keys(labels).length > 0) {
      if (urls.length > 0 || flags.verb.length > 0 || flags.resource.length > 0 || flags['resource-name'].length > 0)
        throw new CommandError('aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames')
      return { metadata: { name }, rules: null, aggregationRule: { clusterRoleSelectors: [{ matchLabels: labels }] } }
    }
    const verbs = verbsOf(flags.verb)
    if (flags.resource.length === 0 && urls.length === 0) throw new CommandError('one of resource or nonResourceURL must be specified')
    if (urls.length > 0) checkUrlVerbs(verbs, urls)
    const rules = await resourceRules(call, verbs, flags.resource, flags['resource-name'])
    return { metadata: { name }, rules: [...rules, ...(urls.length === 0 ? [] : [{ verbs, nonResourceURLs: urls }])] }
  },
})

function checkUrlVerbs(verbs: readonly string[], urls: readonly string[]): void {
  const unknown = verbs.find((verb) => verb !== '*' && !urlVerbs.includes(verb))
  if (unknown !== undefined) throw new CommandError(`invalid verb: '${unknown}' for nonResourceURL`)
  for (const url of urls) {
    if (url === '*') continue
    if (url === '' || !url.startsWith('/')) throw new CommandError('nonResourceURL should start with /')
    if (url.slice(0, -1).includes('*')) throw new CommandError("nonResourceURL only supports wildcard matches when '*' is at the end")
  }
}
