/** `kubectl set subject`. */
import { isDeepEqual } from '#meta/patch/equal'
import { defineCommand } from '../../command.ts'
import { subjectFlags, subjectsOf } from '../../create/subjects.ts'
import { CommandError } from '../../errors.ts'
import { listOf } from '../../resources/unstructured.ts'
import { changeEach } from '../../set/change-each.ts'
import { setFlags } from '../../set/set-flags.ts'

export const setSubject = defineCommand({
  name: 'subject',
  summary: 'Update the user, group, or service account in a role binding or cluster role binding',
  examples: [
    ['One more service account', 'kubectl set subject clusterrolebinding admin --serviceaccount=default:robot'],
    ['More users', 'kubectl set subject rolebinding admin --user=ann --user=bob'],
  ],
  usage: '(-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname]',
  flags: { ...setFlags, ...subjectFlags },
  async run(call) {
    const { flags, args } = call
    const added = subjectsOf(flags)
    if (added.length === 0) throw new CommandError('you must specify at least one value of user, group or serviceaccount')
    await changeEach(call, args, {
      operation: 'subjects updated',
      failure: 'failed to patch subjects to rolebinding: ',
      skipsUnchanged: true,
      change({ object, resource, name }) {
        if (object.kind !== 'RoleBinding' && object.kind !== 'ClusterRoleBinding')
          throw new CommandError(`${resource.plural}/${name} setting subjects is only supported for RoleBinding/ClusterRoleBinding`)
        const before = listOf(object['subjects'])
        const missing = added.filter((subject) => !before.some((one) => isDeepEqual(one, subject)))
        return missing.length === 0 ? object : { ...object, subjects: [...before, ...missing] }
      },
    })
  },
})
