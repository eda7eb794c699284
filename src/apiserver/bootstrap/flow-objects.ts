/** Priority and fairness as every cluster starts: who shares which part of the server with whom. Tables, and the objects that they say. Pure. */
import type { FlowSchema } from '#kinds/flowcontrol/flow-schema.kind'
import type { PriorityLevelConfiguration } from '#kinds/flowcontrol/priority-level-configuration.kind'
import type { PolicyRulesWithSubjects, Subject } from '#kinds/flowcontrol/types.gen'

const apiVersion = 'flowcontrol.apiserver.k8s.io/v1'
export const specAutoUpdateAnnotation = 'apf.kubernetes.io/autoupdate-spec'

/** Shares are parts of the server's whole concurrency; queues that hold 50 requests each, of which a flow gets a hand. */
type Level = {
  readonly name: string
  readonly shares: number
  readonly lendablePercent: number
  readonly queues?: number
  readonly handSize?: number
}

const limitedLevels: readonly Level[] = [
  { name: 'catch-all', shares: 5, lendablePercent: 0 },
  { name: 'global-default', shares: 20, lendablePercent: 50, queues: 128, handSize: 6 },
  { name: 'leader-election', shares: 10, lendablePercent: 0, queues: 16, handSize: 4 },
  { name: 'node-high', shares: 40, lendablePercent: 25, queues: 64, handSize: 6 },
  { name: 'system', shares: 30, lendablePercent: 33, queues: 64, handSize: 6 },
  { name: 'workload-high', shares: 40, lendablePercent: 50, queues: 128, handSize: 6 },
  { name: 'workload-low', shares: 100, lendablePercent: 90, queues: 128, handSize: 6 },
]

export const bootstrapPriorityLevels: readonly PriorityLevelConfiguration[] = [
  {
    apiVersion,
    kind: 'PriorityLevelConfiguration',
    metadata: metadataOf('exempt'),
    spec: { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } },
    status: {},
  },
  ...limitedLevels.map(limitedLevel),
]

function limitedLevel({ name, shares, lendablePercent, queues, handSize }: Level): PriorityLevelConfiguration {
  const queuing = { queues, handSize, queueLengthLimit: 50 }
  const limitResponse = queues === undefined ? { type: 'Reject' } : { type: 'Queue', queuing }
  const limited = { nominalConcurrencyShares: shares, lendablePercent, limitResponse }
  return { apiVersion, kind: 'PriorityLevelConfiguration', metadata: metadataOf(name), spec: { type: 'Limited', limited }, status: {} }
}

type RequestRules = Pick<PolicyRulesWithSubjects, 'resourceRules' | 'nonResourceRules'>

const everyPath = [{ verbs: ['*'], nonResourceURLs: ['*'] }]
const everything: RequestRules = {
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }],
  nonResourceRules: everyPath,
}
const probes: RequestRules = { nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }] }
const leases = { apiGroups: ['coordination.k8s.io'], resources: ['leases'], namespaces: ['*'] }
const leaderElection: RequestRules = { resourceRules: [{ ...leases, verbs: ['get', 'create', 'update'] }] }
const nodeHeartbeats: RequestRules = {
  resourceRules: [
    { verbs: ['*'], apiGroups: [''], resources: ['nodes', 'nodes/status'], clusterScope: true, namespaces: ['*'] },
    { ...leases, verbs: ['*'] },
  ],
}

const everybody = [group('system:unauthenticated'), group('system:authenticated')]
const systemAccounts: Subject = { kind: 'ServiceAccount', serviceAccount: { name: '*', namespace: 'kube-system' } }
const controllerManager = user('system:kube-controller-manager')
const scheduler = user('system:kube-scheduler')

type Schema = {
  readonly name: string
  readonly level: string
  readonly precedence: number
  readonly flowsBy?: 'ByUser' | 'ByNamespace'
  readonly rules: RequestRules
  readonly subjects: readonly Subject[]
}

const schemas: readonly Schema[] = [
  { name: 'exempt', level: 'exempt', precedence: 1, rules: everything, subjects: [group('system:masters')] },
  { name: 'probes', level: 'exempt', precedence: 2, rules: probes, subjects: everybody },
  {
    name: 'system-leader-election',
    level: 'leader-election',
    precedence: 100,
    flowsBy: 'ByUser',
    rules: leaderElection,
    subjects: [controllerManager, scheduler, systemAccounts],
  },
  {
    name: 'system-node-high',
    level: 'node-high',
    precedence: 400,
    flowsBy: 'ByUser',
    rules: nodeHeartbeats,
    subjects: [group('system:nodes')],
  },
  { name: 'system-nodes', level: 'system', precedence: 500, flowsBy: 'ByUser', rules: everything, subjects: [group('system:nodes')] },
  {
    name: 'kube-controller-manager',
    level: 'workload-high',
    precedence: 800,
    flowsBy: 'ByNamespace',
    rules: everything,
    subjects: [controllerManager],
  },
  { name: 'kube-scheduler', level: 'workload-high', precedence: 800, flowsBy: 'ByNamespace', rules: everything, subjects: [scheduler] },
  {
    name: 'kube-system-service-accounts',
    level: 'workload-high',
    precedence: 900,
    flowsBy: 'ByNamespace',
    rules: everything,
    subjects: [systemAccounts],
  },
  {
    name: 'service-accounts',
    level: 'workload-low',
    precedence: 9000,
    flowsBy: 'ByUser',
    rules: everything,
    subjects: [group('system:serviceaccounts')],
  },
  { name: 'global-default', level: 'global-default', precedence: 9900, flowsBy: 'ByUser', rules: everything, subjects: everybody },
  { name: 'catch-all', level: 'catch-all', precedence: 10000, flowsBy: 'ByUser', rules: everything, subjects: everybody },
]

export const bootstrapFlowSchemas: readonly FlowSchema[] = schemas.map(({ name, level, precedence, flowsBy, rules, subjects }) => ({
  apiVersion,
  kind: 'FlowSchema',
  metadata: metadataOf(name),
  spec: {
    priorityLevelConfiguration: { name: level },
    matchingPrecedence: precedence,
    ...(flowsBy === undefined ? {} : { distinguisherMethod: { type: flowsBy } }),
    rules: [{ subjects, ...rules }],
  },
  status: {},
}))

function metadataOf(name: string): { readonly name: string; readonly annotations: { readonly [key: string]: string } } {
  return { name, annotations: { [specAutoUpdateAnnotation]: 'true' } }
}

function group(name: string): Subject {
  return { kind: 'Group', group: { name } }
}

function user(name: string): Subject {
  return { kind: 'User', user: { name } }
}
