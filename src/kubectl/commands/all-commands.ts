/** Every command, in the order of help. Each loads its code when it is called, so that none pays for the others. */
import type { CommandEntry } from '../command.ts'

export const allCommands: readonly CommandEntry[] = [
  {
    name: 'create',
    group: 'basic',
    summary: 'Create a resource from a file or from stdin',
    load: async () => (await import('./create.ts')).create,
  },
  {
    name: 'expose',
    group: 'basic',
    summary: 'Expose a replication controller, service, deployment or pod as a new Kubernetes service',
    load: async () => (await import('./expose.ts')).expose,
  },
  { name: 'run', group: 'basic', summary: 'Run a particular image on the cluster', load: async () => (await import('./run.ts')).run },
  { name: 'set', group: 'basic', summary: 'Set specific features on objects', load: async () => (await import('./set.ts')).set },
  { name: 'get', group: 'inspect', summary: 'Display one or many resources', load: async () => (await import('./get.ts')).get },
  {
    name: 'delete',
    group: 'basic',
    summary: 'Delete resources by file names, stdin, resources and names, or by resources and label selector',
    load: async () => (await import('./delete.ts')).deleteCommand,
  },
  {
    name: 'rollout',
    group: 'deploy',
    summary: 'Manage the rollout of a resource',
    load: async () => (await import('./rollout.ts')).rollout,
  },
  {
    name: 'scale',
    group: 'deploy',
    summary: 'Set a new size for a deployment, replica set, or replication controller',
    load: async () => (await import('./scale.ts')).scale,
  },
  {
    name: 'autoscale',
    group: 'deploy',
    summary: 'Auto-scale a deployment, replica set, stateful set, or replication controller',
    load: async () => (await import('./autoscale.ts')).autoscale,
  },
  {
    name: 'apply',
    group: 'advanced',
    summary: 'Apply a configuration to a resource by file name or stdin',
    load: async () => (await import('./apply.ts')).apply,
  },
  {
    name: 'describe',
    group: 'debug',
    summary: 'Show details of a specific resource or group of resources',
    load: async () => (await import('./describe.ts')).describe,
  },
  { name: 'patch', group: 'advanced', summary: 'Update fields of a resource', load: async () => (await import('./patch.ts')).patch },
  {
    name: 'replace',
    group: 'advanced',
    summary: 'Replace a resource by file name or stdin',
    load: async () => (await import('./replace.ts')).replace,
  },
  { name: 'label', group: 'settings', summary: 'Update the labels on a resource', load: async () => (await import('./label.ts')).label },
  {
    name: 'annotate',
    group: 'settings',
    summary: 'Update the annotations on a resource',
    load: async () => (await import('./annotate.ts')).annotate,
  },
  {
    name: 'config',
    group: 'other',
    summary: 'Modify kubeconfig files',
    load: async () => (await import('./config.ts')).config,
  },
]

/** Commands of upstream's that are not here yet. */
export const comingCommands: readonly string[] = [
  'alpha',
  'certificate',
  'completion',
  'cp',
  'debug',
  'diff',
  'events',
  'kustomize',
  'plugin',
  'proxy',
  'top',
]
