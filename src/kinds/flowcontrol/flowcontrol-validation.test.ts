import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusals } from '#testing/refusals'
import { FlowSchema } from './flow-schema.kind.ts'
import { PriorityLevelConfiguration } from './priority-level-configuration.kind.ts'

const user = { kind: 'User', user: { name: 'u' } }
const anything = { verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true }
const schemaOf = (spec: object, name = 'x') => ({ metadata: { name }, spec: { priorityLevelConfiguration: { name: 'exempt' }, ...spec } })
const ruled = (rule: object) => schemaOf({ rules: [{ subjects: [user], ...rule }] })
const urls = (...nonResourceURLs: readonly string[]) => ruled({ nonResourceRules: [{ verbs: ['get'], nonResourceURLs }] })
const of = (subject: object) => schemaOf({ rules: [{ subjects: [subject], resourceRules: [anything] }] })

for (const [why, schema, want] of [
  ['nothing', { spec: {} }, ['spec.priorityLevelConfiguration.name: Required value: must reference a priority level']],
  [
    'a precedence below one',
    schemaOf({ matchingPrecedence: -1 }),
    ['spec.matchingPrecedence: Invalid value: -1: must be a positive value'],
  ],
  [
    'the highest precedence',
    schemaOf({ matchingPrecedence: 1 }),
    ["spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1"],
  ],
  [
    'an unknown method',
    schemaOf({ distinguisherMethod: { type: 'X' } }),
    ['spec.distinguisherMethod.type: Unsupported value: {"Type":"X"}: supported values: "ByNamespace", "ByUser"'],
  ],
  [
    'a rule about nothing',
    ruled({}),
    ['spec.rules[0]: Required value: at least one of resourceRules and nonResourceRules has to be non-empty'],
  ],
  [
    'a rule for nobody',
    schemaOf({ rules: [{ resourceRules: [anything] }] }),
    ['spec.rules[0].subjects: Required value: subjects must contain at least one value'],
  ],
  [
    'a subject of no kind',
    of({}),
    ['spec.rules[0].subjects[0].kind: Unsupported value: "": supported values: "Group", "ServiceAccount", "User"'],
  ],
  [
    'a group that is a user',
    of({ kind: 'Group', user: { name: 'u' } }),
    [
      "spec.rules[0].subjects[0].group: Required value: group is required when subject kind is 'Group'",
      "spec.rules[0].subjects[0].user: Forbidden: user is forbidden when subject kind is not 'User'",
    ],
  ],
  ['any account of a namespace', of({ kind: 'ServiceAccount', serviceAccount: { namespace: 'n', name: '*' } }), []],
  [
    'no slash',
    urls('x', '/a*b', '/a//b', '/ok/*'),
    [
      'spec.rules[0].nonResourceRules[0].nonResourceURLs[0]: Invalid value: "x": must start with slash',
      'spec.rules[0].nonResourceRules[0].nonResourceURLs[1]: Invalid value: "/a*b": wildcard can only do suffix matching',
      'spec.rules[0].nonResourceRules[0].nonResourceURLs[2]: Invalid value: "/a//b": must not contain double slash',
    ],
  ],
  [
    'a mandatory name',
    schemaOf({}, 'catch-all'),
    [
      'spec: Invalid value: {"PriorityLevelConfiguration":{"Name":"exempt"},"MatchingPrecedence":1000,"DistinguisherMethod":null,"Rules":null}: ' +
        "spec of 'catch-all' must equal the fixed value",
    ],
  ],
] as const) {
  test(`a flow schema with ${why} gets ${want.length} errors`, () => assert.deepEqual(refusals(FlowSchema, schema), want))
}

const limited = (fields: object) => ({ spec: { type: 'Limited', limited: fields } })
const queued = (queuing: object) => limited({ limitResponse: { type: 'Queue', queuing } })
const queuing = 'spec.limited.limitResponse.queuing'

for (const [why, level, want] of [
  ['no type', { spec: {} }, ['spec.type: Unsupported value: "": supported values: "Exempt", "Limited"']],
  ['no limits', { spec: { type: 'Limited' } }, ['spec.limited: Required value: must not be empty when type is Limited']],
  [
    'a false name',
    { spec: { type: 'Exempt' } },
    ["spec.type: Invalid value: \"Exempt\": must be 'Exempt' if and only if `name` is 'exempt'"],
  ],
  ['no response', limited({}), ['spec.limited.limitResponse.type: Unsupported value: "": supported values: "Queue", "Reject"']],
  [
    'queues for what is rejected',
    limited({ limitResponse: { type: 'Reject', queuing: {} } }),
    [`${queuing}: Forbidden: must be nil if limited.limitResponse.type is not Limited`],
  ],
  [
    'a hand larger than the deck',
    queued({ queues: 2, handSize: 5 }),
    [`${queuing}.handSize: Invalid value: 5: should not be greater than queues (2)`],
  ],
  ['as large a hand as can be dealt', queued({ queues: 1000, handSize: 6 }), []],
  [
    'too large a hand',
    queued({ queues: 1000, handSize: 7 }),
    [`${queuing}.handSize: Invalid value: 7: required entropy bits of deckSize 1000 and handSize 7 should not be greater than 60`],
  ],
] as const) {
  test(`a priority level with ${why} gets ${want.length} errors`, () => assert.deepEqual(refusals(PriorityLevelConfiguration, level), want))
}
