import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PodSpec, PodTemplateSpec } from '../core/schema.gen.ts'
import { internalForm } from './internal-form.ts'
import { unifiedDiff, valueDiff } from './value-diff.ts'

const lines = (count: number, changed: readonly number[] = []) =>
  Array.from({ length: count }, (_, index) => (changed.includes(index) ? `new ${index}` : `line ${index}`))

for (const [why, a, b, want] of [
  ['equal texts differ nowhere', lines(9), lines(9), ''],
  [
    'a change has three lines around it',
    lines(9),
    lines(9, [4]),
    '@@ -2,7 +2,7 @@\n line 1\n line 2\n line 3\n-line 4\n+new 4\n line 5\n line 6\n line 7\n',
  ],
  ['one line has no count', ['a'], ['b'], '@@ -1 +1 @@\n-a\n+b\n'],
  ['an empty side begins before the first line', [], ['a', 'b'], '@@ -0,0 +1,2 @@\n+a\n+b\n'],
] as const) {
  test(`unifiedDiff: ${why}`, () => assert.equal(unifiedDiff(a, b), want))
}

test('unifiedDiff: changes far from each other have hunks of their own', () => {
  assert.deepEqual(unifiedDiff(lines(30), lines(30, [3, 20])).match(/^@@.*@@$/gm), ['@@ -1,7 +1,7 @@', '@@ -18,7 +18,7 @@'])
})

test('internalForm: every field of a struct shows, under its Go name', () => {
  const shown = JSON.stringify(internalForm(PodSpec, { containers: [{ name: 'c' }], hostNetwork: true, activeDeadlineSeconds: 5 }))
  assert.match(shown, /^\{"Volumes":null,"InitContainers":null,"Containers":\[\{"Name":"c","Image":"","Command":null,/)
  assert.match(shown, /"ActiveDeadlineSeconds":5,"DNSPolicy":"",/)
  assert.match(shown, /"SecurityContext":\{"HostNetwork":true,"HostPID":false,"HostIPC":false,"ShareProcessNamespace":null,/)
})

test('internalForm: the metadata of a template stands beside its spec, as on the wire', () => {
  const shown = JSON.stringify(internalForm(PodTemplateSpec, { metadata: { labels: { a: 'b' } }, spec: { containers: [] } }))
  assert.match(shown, /^\{"labels":\{"a":"b"\},"Spec":\{"Volumes":null,/)
})

test('valueDiff: texts are safe for HTML', () => {
  assert.match(valueDiff(PodSpec, { hostname: 'a' }, { hostname: '<b>' }), /\+ "Hostname": "\\u003cb\\u003e",\n/)
})
