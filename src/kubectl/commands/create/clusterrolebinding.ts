/** `kubectl create clusterrolebinding`. */
import { stringFlag } from '#component/flags'
import { creationCommand } from '../../create/creation.ts'
import { roleRef, subjectFlags, subjectsOf } from '../../create/subjects.ts'
import { madeResources } from '../../resources/made-resources.ts'

export const createClusterRoleBinding = creationCommand({
  name: 'clusterrolebinding',
  summary: 'Create a cluster role binding for a particular cluster role',
  examples: [
    ['Users who may do everything', 'kubectl create clusterrolebinding admins --clusterrole=cluster-admin --user=ann --group=admins'],
  ],
  usage: 'NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname]',
  flags: { ...subjectFlags, clusterrole: stringFlag('', 'The cluster role.') },
  required: ['clusterrole'],
  resource: madeResources.clusterRoleBinding,
  failure: 'failed to create clusterrolebinding: ',
  draft({ flags }, name) {
    const subjects = subjectsOf(flags)
    return { metadata: { name }, ...(subjects.length === 0 ? {} : { subjects }), roleRef: roleRef('ClusterRole', flags.clusterrole) }
  },
})
