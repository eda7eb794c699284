import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Service } from '#kinds/core/service.kind'
import { withIpFamilies } from './ip-families.ts'
import type { IpFamily } from './ip-range.ts'

type Spec = NonNullable<Service['spec']>
type Case = readonly [why: string, given: Spec, old: Spec | undefined, configured: readonly IpFamily[], want: string]

const both = ['IPv4', 'IPv6'] as const
const v4 = ['IPv4'] as const
const twoIps = { clusterIP: '10.96.0.5', clusterIPs: ['10.96.0.5', 'fd00::5'] }
const dual = { ...twoIps, ipFamilies: both, ipFamilyPolicy: 'PreferDualStack' }
const multiple = "must be 'RequireDualStack' or 'PreferDualStack' when multiple"

const cases: readonly Case[] = [
  ['nothing said', {}, undefined, both, 'SingleStack IPv4'],
  ['the default family is the first of the cluster', {}, undefined, ['IPv6', 'IPv4'], 'SingleStack IPv6'],
  ['an external name has none', { type: 'ExternalName' }, undefined, both, ' '],
  ['two preferred, one to be had', { ipFamilyPolicy: 'PreferDualStack' }, undefined, v4, 'PreferDualStack IPv4'],
  ['two preferred, two to be had', { ipFamilyPolicy: 'PreferDualStack' }, undefined, both, 'PreferDualStack IPv4,IPv6'],
  [
    'two required, the second first',
    { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv6'] },
    undefined,
    both,
    'RequireDualStack IPv6,IPv4',
  ],
  ['an address says its family', { clusterIP: 'fd00::5', clusterIPs: ['fd00::5'] }, undefined, both, 'SingleStack IPv6'],
  ['headless without selector', { clusterIP: 'None', clusterIPs: ['None'] }, undefined, v4, 'RequireDualStack IPv4,IPv6'],
  ['headless with selector', { clusterIP: 'None', clusterIPs: ['None'], selector: { a: 'b' } }, undefined, v4, 'SingleStack IPv4'],
  [
    'the policy of before',
    { clusterIP: '10.96.0.5', clusterIPs: twoIps.clusterIPs, ipFamilies: both },
    dual,
    both,
    'PreferDualStack IPv4,IPv6',
  ],
  ['back to one', { ...dual, ipFamilyPolicy: 'SingleStack' }, dual, both, 'SingleStack IPv4'],
  ['a preference on a cluster that has changed', dual, dual, v4, 'PreferDualStack IPv4,IPv6'],
  [
    'two required of one',
    { ipFamilyPolicy: 'RequireDualStack' },
    undefined,
    v4,
    'spec.ipFamilyPolicy: this cluster is not configured for dual-stack services',
  ],
  ['a family that is not there', { ipFamilies: ['IPv6'] }, undefined, v4, 'spec.ipFamilies[0]: not configured on this cluster'],
  [
    'an address of a family that is not there',
    { clusterIP: 'fd00::5', clusterIPs: ['fd00::5'] },
    undefined,
    v4,
    'spec.clusterIPs[0]: IPv6 is not configured on this cluster',
  ],
  ['two addresses under a policy of one', twoIps, undefined, both, `spec.ipFamilyPolicy: ${multiple} cluster IPs are specified`],
  [
    'two families under a policy of one',
    { ipFamilies: both },
    undefined,
    both,
    `spec.ipFamilyPolicy: ${multiple} IP families are specified`,
  ],
  [
    'one address less under a policy of two',
    { ...dual, clusterIPs: ['10.96.0.5'] },
    dual,
    both,
    "spec.ipFamilyPolicy: must be 'SingleStack' to release the secondary cluster IP",
  ],
  [
    'addresses without the first alone',
    { clusterIPs: twoIps.clusterIPs },
    undefined,
    both,
    'spec.clusterIPs: must be empty when `clusterIP` is not specified',
  ],
]

for (const [why, given, old, configured, want] of cases) {
  test(`the families of a service: ${why}`, () => {
    const { spec, errors } = withIpFamilies(given, old, configured)
    const seen = `${spec.ipFamilyPolicy ?? ''} ${(spec.ipFamilies ?? []).join()}`
    assert.equal(
      errors.length === 0
        ? seen
        : errors.map(({ path, message }) => `${path}: ${message.replace(/^(Invalid value: .*[\]}"]: |Required value)/, '')}`).join(),
      want,
    )
  })
}
