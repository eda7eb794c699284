import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusals } from '#testing/refusals'
import { APIService } from './api-service.kind.ts'

const named = (spec: object, name = 'v1.x.example') => ({
  metadata: { name },
  spec: { group: 'x.example', version: 'v1', groupPriorityMinimum: 1, versionPriority: 1, ...spec },
})

for (const [why, object, want] of [
  ['a local version', named({}), []],
  ['another name', named({}, 'v1.y'), ['metadata.name: Invalid value: "v1.y": must be `spec.version+"."+spec.group`: "v1.x.example"']],
  [
    'no group',
    named({ group: '', version: 'v2' }, 'v2.'),
    ['spec.group: Required value: only v1 may have an empty group and it better be legacy kube'],
  ],
  ['no priority', named({ versionPriority: 0 }), ['spec.versionPriority: Invalid value: 0: must be positive and less than 1000']],
  ['a local bundle', named({ caBundle: 'YQ==' }), ['spec.caBundle: Invalid value: "1 bytes": local APIServices may not have a caBundle']],
  ['an empty service', named({ service: {} }), ['spec.service.namespace: Required value', 'spec.service.name: Required value']],
  [
    'trust in anyone and in one',
    named({ service: { namespace: 'n', name: 's' }, caBundle: 'YQ==', insecureSkipTLSVerify: true }),
    ['spec.insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is present'],
  ],
] as const) {
  test(`an APIService with ${why} gets ${want.length} errors`, () => assert.deepEqual(refusals(APIService, object), want))
}
