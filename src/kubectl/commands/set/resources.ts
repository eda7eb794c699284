/** `kubectl set resources`. */
import { stringFlag } from '#component/flags'
import { defineCommand } from '../../command.ts'
import { CommandError } from '../../errors.ts'
import { type Fields, fieldsOf } from '../../resources/unstructured.ts'
import { changeEach } from '../../set/change-each.ts'
import { withContainers, withPodSpec } from '../../set/pod-spec.ts'
import { setFlags } from '../../set/set-flags.ts'
import { resourceList } from '../create/quota.ts'

export const setResources = defineCommand({
  name: 'resources',
  summary: 'Update resource requests/limits on objects with pod templates',
  examples: [
    ['Limits of one container', 'kubectl set resources deployment web -c=nginx --limits=cpu=200m,memory=512Mi'],
    ['Requests and limits of all', 'kubectl set resources deployment web --limits=cpu=200m --requests=cpu=100m'],
  ],
  usage: '(-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS]',
  flags: {
    ...setFlags,
    containers: stringFlag('*', 'The containers to change; * stands for any text.', { shorthand: 'c' }),
    limits: stringFlag('', 'What a container may use at most, as RESOURCE=QUANTITY, joined by commas.'),
    requests: stringFlag('', 'What a container needs, as RESOURCE=QUANTITY, joined by commas.'),
  },
  async run(call) {
    const { flags, args } = call
    if (flags.limits === '' && flags.requests === '')
      throw new CommandError('you must specify an update to requests or limits (in the form of --requests/--limits)')
    const wanted = Object.fromEntries(
      (['limits', 'requests'] as const).filter((field) => flags[field] !== '').map((field) => [field, resourceList(flags[field])]),
    )
    await changeEach(call, args, {
      operation: 'resource requirements updated',
      failure: 'failed to patch resources update to pod template ',
      skipsUnchanged: true,
      change: ({ object }) =>
        withPodSpec(object, (before) => {
          const { spec, count } = withContainers(before, flags.containers, (container) => withRequirements(container, wanted))
          if (count === 0) throw new CommandError(`unable to find container named ${flags.containers}`)
          return spec
        }),
    })
  },
})

/** What the flags do not name stays; a quantity of zero is kept as the server takes it. */
function withRequirements(container: Fields, wanted: Fields): Fields {
  const before = fieldsOf(container['resources'])
  const merged = Object.entries(wanted).map(([field, list]) => [field, { ...fieldsOf(before[field]), ...fieldsOf(list) }])
  return { ...container, resources: { ...before, ...Object.fromEntries(merged) } }
}
