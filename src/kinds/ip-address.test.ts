import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  canonicalIp,
  cidrFamilyOf,
  cidrMessage,
  cidrProblems,
  ipFamilyOf,
  isStrictSubnet,
  parseIp,
  specialIpProblems,
} from './ip-address.ts'

for (const [text, family] of [
  ['10.0.0.1', 'IPv4'],
  ['::', 'IPv6'],
  ['2001:db8::1', 'IPv6'],
  ['1:2:3:4:5:6:7:8', 'IPv6'],
  ['::ffff:10.0.0.1', 'IPv4'],
  ['10.0.0.256', undefined],
  ['010.0.0.1', undefined],
  ['1::2::3', undefined],
  ['1:2:3', undefined],
  ['x', undefined],
] as const) {
  test(`${text} is ${family ?? 'no address'}`, () => assert.equal(ipFamilyOf(text), family))
}

for (const [text, want] of [
  ['10.0.0.1', '10.0.0.1'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['0:0:0:0:0:0:0:0', '::'],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
] as const) {
  test(`${text} is written ${want}`, () => assert.equal(canonicalIp(parseIp(text) ?? []), want))
}

test('a range has an address and a number of bits that fits it', () => {
  assert.equal(cidrFamilyOf('10.0.0.0/8'), 'IPv4')
  assert.equal(cidrFamilyOf('fd00::/112'), 'IPv6')
  for (const text of ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/08', '10.0.0.0/8/8']) assert.equal(cidrFamilyOf(text), undefined)
})

test('endpoints are neither loopback nor link-local nor unspecified', () => {
  for (const text of ['127.0.0.1', '::1', '169.254.0.1', 'fe80::1', '0.0.0.0', '::', '224.0.0.1'])
    assert.equal(specialIpProblems(text).length, 1)
  assert.deepEqual(specialIpProblems('10.0.0.1'), [])
})

for (const [text, want] of [
  ['10.0.0.0/8', []],
  ['2001:db8::/64', []],
  ['10.0.0.0', [cidrMessage]],
  ['010.0.0.0/8', ['must not have leading 0s in IP or prefix length']],
  ['10.0.0.1/8', ['must not have bits set beyond the prefix length']],
  ['2001:db8::1/64', ['must not have bits set beyond the prefix length']],
] as const) {
  test(`cidrProblems: ${text}`, () => assert.deepEqual(cidrProblems(text), want))
}

for (const [inner, outer, want] of [
  ['10.1.0.0/16', '10.0.0.0/8', true],
  ['10.0.0.0/8', '10.0.0.0/8', false],
  ['11.0.0.0/16', '10.0.0.0/8', false],
  ['2001:db8:0:1::/64', '2001:db8::/32', true],
  ['2001:db8::/64', '10.0.0.0/8', false],
] as const) {
  test(`isStrictSubnet: ${inner} in ${outer}`, () => assert.equal(isStrictSubnet(inner, outer), want))
}
