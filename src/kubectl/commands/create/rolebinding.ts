/** `kubectl create rolebinding`. */
import { stringFlag } from '#component/flags'
import { creationCommand } from '../../create/creation.ts'
import { roleRef, subjectFlags, subjectsOf } from '../../create/subjects.ts'
import { CommandError } from '../../errors.ts'
import { madeResources } from '../../resources/made-resources.ts'

export const createRoleBinding = creationCommand({
  name: 'rolebinding',
  summary: 'Create a role binding for a particular role or cluster role',
  examples: [
    ['A user may do what the cluster role admin allows', 'kubectl create rolebinding admin --clusterrole=admin --user=ann'],
    ['A service account may read', 'kubectl create rolebinding reader --role=reader --serviceaccount=default:robot'],
  ],
  usage: 'NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname]',
  flags: {
    ...subjectFlags,
    clusterrole: stringFlag('', 'The cluster role.'),
    role: stringFlag('', 'The role.'),
  },
  resource: madeResources.roleBinding,
  failure: 'failed to create rolebinding: ',
  draft({ flags }, name) {
    if ((flags.clusterrole === '') === (flags.role === '')) throw new CommandError('exactly one of clusterrole or role must be specified')
    const subjects = subjectsOf(flags)
    return {
      metadata: { name },
      ...(subjects.length === 0 ? {} : { subjects }),
      roleRef: flags.role === '' ? roleRef('ClusterRole', flags.clusterrole) : roleRef('Role', flags.role),
    }
  },
})
