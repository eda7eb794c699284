/** Every command. Each loads its code when it is called, so that none pays for the others. */
import type { Component } from '#component/component'
import type { Host, LocalCommand } from '#local/local-command'

export type CommandEntry = { readonly name: string; readonly summary: string } & (
  | { readonly type: 'local'; readonly load: () => Promise<LocalCommand> }
  | { readonly type: 'component'; readonly load: () => Promise<Component> }
  | { readonly type: 'tool'; readonly load: () => Promise<(argv: readonly string[], host: Host) => Promise<number>> }
)

export const commands: readonly CommandEntry[] = [
  { name: 'up', type: 'local', summary: 'Start a cluster on this machine', load: async () => (await import('#local/commands/up')).up },
  { name: 'down', type: 'local', summary: 'Stop the cluster', load: async () => (await import('#local/commands/down')).down },
  {
    name: 'status',
    type: 'local',
    summary: 'Tell what runs, where, and with how much memory',
    load: async () => (await import('#local/commands/status')).status,
  },
  { name: 'logs', type: 'local', summary: "Show the cluster's own logs", load: async () => (await import('#local/commands/logs')).logs },
  {
    name: 'images',
    type: 'local',
    summary: 'List, load and remove images of the node',
    load: async () => (await import('#local/commands/images')).images,
  },
  {
    name: 'store',
    type: 'local',
    summary: 'Look after the store: status, verify, compact, snapshots, migrate',
    load: async () => (await import('#local/commands/store')).store,
  },
  {
    name: 'server',
    type: 'local',
    summary: 'Run the control plane in the foreground',
    load: async () => (await import('#local/commands/server')).server,
  },
  {
    name: 'agent',
    type: 'local',
    summary: 'Run the node process in the foreground',
    load: async () => (await import('#local/commands/agent')).agent,
  },
  {
    name: 'balancer',
    type: 'local',
    summary: 'Pass clients on to several control planes, in the foreground',
    load: async () => (await import('#local/commands/balancer')).balancer,
  },
  {
    name: 'kube-apiserver',
    type: 'component',
    summary: 'The API server',
    load: async () => (await import('#apiserver/main')).kubeApiserver,
  },
  {
    name: 'kube-controller-manager',
    type: 'component',
    summary: 'The controllers',
    load: async () => (await import('#controllers/main')).kubeControllerManager,
  },
  {
    name: 'kube-scheduler',
    type: 'component',
    summary: 'The scheduler',
    load: async () => (await import('#scheduler/main')).kubeScheduler,
  },
  { name: 'kubelet', type: 'component', summary: 'The agent of a node', load: async () => (await import('#kubelet/main')).kubelet },
  {
    name: 'kube-proxy',
    type: 'component',
    summary: 'Carries calls to services to their endpoints',
    load: async () => (await import('#proxy/main')).kubeProxy,
  },
  {
    name: 'kubectl',
    type: 'tool',
    summary: 'Talk to a cluster: the command line of Kubernetes',
    load: async () => (await import('#kubectl/main')).kubectl,
  },
]
