import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FieldError } from '#meta/field-path'
import { IPAddress, validateParentRef } from './ip-address.kind.ts'
import { ServiceCIDR } from './service-cidr.kind.ts'

const facts = { nowMs: 0, now: '', user: { name: '', groups: [] }, subresource: '' }

function range(...cidrs: readonly string[]): ServiceCIDR {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name: 'r' }, spec: { cidrs }, status: {} }
}

function shown(errors: Iterable<FieldError> | undefined): readonly string[] {
  return [...(errors ?? [])].map(({ path, message }) => `${path}: ${message.replace(/^(Invalid value: .*[\]}"]: |Required value)/, '')}`)
}

for (const [cidrs, want] of [
  [['10.0.0.0/24', 'fd00::/64'], []],
  [['10.0.0.1/24'], ['spec.cidrs[0]: must not have bits set beyond the prefix length']],
  [['010.0.0.0/24'], ['spec.cidrs[0]: must not have leading 0s in IP or prefix length']],
  [['::ffff:10.0.0.0/120'], ['spec.cidrs[0]: must not have an IPv4-mapped IPv6 address']],
  [['fd00:0::/64'], ['spec.cidrs[0]: must be in canonical form ("fd00::/64")']],
  [
    ['10.0.0.0/24', '10.1.0.0/24'],
    ['spec.cidrs: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64'],
  ],
  [['10.0.0.0/24', 'fd00::/64', 'fd01::/64'], ['spec.cidrs: may only hold up to 2 values']],
] as const) {
  test(`ranges ${cidrs.join()}`, () => assert.deepEqual(shown(ServiceCIDR.validate?.(range(...cidrs), facts)), want))
}

for (const [was, now, want] of [
  [['10.0.0.0/24'], ['10.0.0.0/24', 'fd00::/64'], []],
  [['10.0.0.0/24'], ['10.0.0.0/25'], ['spec.cidrs[0]: field is immutable']],
  [['10.0.0.0/24'], ['fd00::/64', '10.0.0.0/24'], ['spec.cidrs[0]: field is immutable']],
  [['10.0.0.0/24', 'fd00::/64'], ['10.0.0.0/24'], ['spec.cidrs: field is immutable']],
] as const) {
  test(`ranges ${was.join()} become ${now.join()}`, () =>
    assert.deepEqual(shown(ServiceCIDR.update.validate?.(range(...now), range(...was), facts)), want))
}

for (const [parentRef, want] of [
  [undefined, ['spec.parentRef: ']],
  [{}, ['spec.parentRef.resource: ', 'spec.parentRef.name: ']],
  [
    { resource: 'a/b', name: 'c%d', namespace: '..' },
    [
      "spec.parentRef.resource: may not contain '/'",
      "spec.parentRef.name: may not contain '%'",
      "spec.parentRef.namespace: may not be '..'",
    ],
  ],
  [{ resource: 'services', namespace: 'default', name: 'kubernetes' }, []],
] as const) {
  test(`an address of ${JSON.stringify(parentRef)}`, () => {
    const address = { apiVersion: IPAddress.apiVersion, kind: IPAddress.kind, metadata: { name: '10.0.0.1' }, spec: { parentRef } }
    assert.deepEqual(shown(validateParentRef(address as IPAddress)), want)
  })
}
