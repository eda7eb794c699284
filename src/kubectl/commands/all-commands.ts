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
    name: 'certificate',
    group: 'cluster',
    summary: 'Modify certificate resources',
    load: async () => (await import('./certificate.ts')).certificate,
  },
  { name: 'cordon', group: 'cluster', summary: 'Mark node as unschedulable', load: async () => (await import('./cordon.ts')).cordon },
  { name: 'uncordon', group: 'cluster', summary: 'Mark node as schedulable', load: async () => (await import('./cordon.ts')).uncordon },
  {
    name: 'drain',
    group: 'cluster',
    summary: 'Drain node in preparation for maintenance',
    load: async () => (await import('./drain.ts')).drain,
  },
  {
    name: 'taint',
    group: 'cluster',
    summary: 'Update the taints on one or more nodes',
    load: async () => (await import('./taint.ts')).taint,
  },
  {
    name: 'proxy',
    group: 'debug',
    summary: 'Run a proxy to the Kubernetes API server',
    load: async () => (await import('./proxy.ts')).proxy,
  },
  {
    name: 'diff',
    group: 'advanced',
    summary: 'Diff the live version against a would-be applied version',
    load: async () => (await import('./diff.ts')).diff,
  },
  { name: 'edit', group: 'basic', summary: 'Edit a resource on the server', load: async () => (await import('./edit.ts')).edit },
  {
    name: 'kustomize',
    group: 'advanced',
    summary: 'Build a kustomization target from a directory or URL',
    load: async () => (await import('./kustomize.ts')).kustomize,
  },
  {
    name: 'completion',
    group: 'settings',
    summary: 'Output shell completion code for the specified shell (bash)',
    load: async () => (await import('./completion.ts')).completion,
  },
  {
    name: 'plugin',
    group: 'other',
    summary: 'Provides utilities for interacting with plugins',
    load: async () => (await import('./plugin.ts')).plugin,
  },
  {
    name: 'apply',
    group: 'advanced',
    summary: 'Apply a configuration to a resource by file name or stdin',
    load: async () => (await import('./apply.ts')).apply,
  },
  {
    name: 'logs',
    aliases: ['log'],
    group: 'debug',
    summary: 'Print the logs for a container in a pod',
    load: async () => (await import('./logs.ts')).logs,
  },
  { name: 'attach', group: 'debug', summary: 'Attach to a running container', load: async () => (await import('./attach.ts')).attach },
  { name: 'exec', group: 'debug', summary: 'Execute a command in a container', load: async () => (await import('./exec.ts')).exec },
  {
    name: 'port-forward',
    group: 'debug',
    summary: 'Forward one or more local ports to a pod',
    load: async () => (await import('./port-forward.ts')).portForward,
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
export const comingCommands: readonly string[] = ['alpha', 'cp', 'debug', 'events', 'top']
