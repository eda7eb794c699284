/** `kubectl create`: objects from files, or one member a kind of object. */
import type { CommandEntry, CommandFamily } from '../command.ts'
import { createFromFiles } from './create/from-files.ts'

const members: readonly CommandEntry[] = [
  {
    name: 'clusterrole',
    group: 'basic',
    summary: 'Create a cluster role',
    load: async () => (await import('./create/clusterrole.ts')).createClusterRole,
  },
  {
    name: 'clusterrolebinding',
    group: 'basic',
    summary: 'Create a cluster role binding for a particular cluster role',
    load: async () => (await import('./create/clusterrolebinding.ts')).createClusterRoleBinding,
  },
  {
    name: 'configmap',
    aliases: ['cm'],
    group: 'basic',
    summary: 'Create a config map from a local file, directory or literal value',
    load: async () => (await import('./create/configmap.ts')).createConfigMap,
  },
  {
    name: 'cronjob',
    aliases: ['cj'],
    group: 'basic',
    summary: 'Create a cron job with the specified name',
    load: async () => (await import('./create/cronjob.ts')).createCronJob,
  },
  {
    name: 'deployment',
    aliases: ['deploy'],
    group: 'basic',
    summary: 'Create a deployment with the specified name',
    load: async () => (await import('./create/deployment.ts')).createDeployment,
  },
  {
    name: 'ingress',
    aliases: ['ing'],
    group: 'basic',
    summary: 'Create an ingress with the specified name',
    load: async () => (await import('./create/ingress.ts')).createIngress,
  },
  {
    name: 'job',
    group: 'basic',
    summary: 'Create a job with the specified name',
    load: async () => (await import('./create/job.ts')).createJob,
  },
  {
    name: 'namespace',
    aliases: ['ns'],
    group: 'basic',
    summary: 'Create a namespace with the specified name',
    load: async () => (await import('./create/namespace.ts')).createNamespace,
  },
  {
    name: 'poddisruptionbudget',
    aliases: ['pdb'],
    group: 'basic',
    summary: 'Create a pod disruption budget with the specified name',
    load: async () => (await import('./create/poddisruptionbudget.ts')).createPodDisruptionBudget,
  },
  {
    name: 'priorityclass',
    aliases: ['pc'],
    group: 'basic',
    summary: 'Create a priority class with the specified name',
    load: async () => (await import('./create/priorityclass.ts')).createPriorityClass,
  },
  {
    name: 'quota',
    aliases: ['resourcequota'],
    group: 'basic',
    summary: 'Create a quota with the specified name',
    load: async () => (await import('./create/quota.ts')).createQuota,
  },
  {
    name: 'role',
    group: 'basic',
    summary: 'Create a role with single rule',
    load: async () => (await import('./create/role.ts')).createRole,
  },
  {
    name: 'rolebinding',
    group: 'basic',
    summary: 'Create a role binding for a particular role or cluster role',
    load: async () => (await import('./create/rolebinding.ts')).createRoleBinding,
  },
  {
    name: 'secret',
    group: 'basic',
    summary: 'Create a secret using a specified subcommand',
    load: async () => (await import('./create/secret.ts')).createSecret,
  },
  {
    name: 'service',
    aliases: ['svc'],
    group: 'basic',
    summary: 'Create a service using a specified subcommand',
    load: async () => (await import('./create/service.ts')).createService,
  },
  {
    name: 'serviceaccount',
    aliases: ['sa'],
    group: 'basic',
    summary: 'Create a service account with the specified name',
    load: async () => (await import('./create/serviceaccount.ts')).createServiceAccount,
  },
  {
    name: 'token',
    group: 'basic',
    summary: 'Request a service account token',
    load: async () => (await import('./create/token.ts')).createToken,
  },
]

export const create: CommandFamily = {
  name: 'create',
  summary: 'Create a resource from a file or from stdin',
  members,
  own: createFromFiles,
}
