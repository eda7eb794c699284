import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IPAddress } from '#kinds/networking/ip-address.kind'
import type { ServiceCIDR } from '#kinds/networking/service-cidr.kind'
import { finalizer, type Plan, planFor } from './plan.ts'

const nowMs = Date.parse('2026-01-01T12:00:00Z')
const longAgo = '2026-01-01T11:59:00Z'
const isReady = { type: 'Ready', status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready', lastTransitionTime: longAgo }

function range(
  name: string,
  cidrs: readonly string[],
  facts: { readonly deletedAt?: string; readonly finalizers?: readonly string[] } = {},
): ServiceCIDR {
  const { deletedAt: deletionTimestamp, finalizers = [finalizer] } = facts
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name, finalizers, ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) },
    spec: { cidrs },
    status: { conditions: [isReady] },
  }
}

const addresses: readonly IPAddress[] = ['10.0.0.5', 'fd00::5'].map((name) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IPAddress',
  metadata: { name },
  spec: { parentRef: { resource: 'services', name: 's' } },
}))

function summary(plan: Plan): string {
  switch (plan.do) {
    case 'keep':
      return [plan.do, ...(plan.finalizers ?? []), plan.condition?.reason].filter((part) => part !== undefined).join(' ')
    case 'wait':
      return `${plan.do} ${plan.afterMs}`
    case 'release':
      return [plan.do, ...plan.finalizers].join(' ')
    case 'nothing':
      return plan.do
  }
}

for (const [why, subject, others, want] of [
  ['in use', range('a', ['10.0.0.0/24']), [], 'keep'],
  ['new', range('a', ['10.0.0.0/24'], { finalizers: ['x/y'] }), [], `keep x/y ${finalizer}`],
  ['deleted with addresses in it', range('a', ['10.0.0.0/24'], { deletedAt: longAgo }), [], 'keep Terminating'],
  ['deleted with addresses of its second family', range('a', ['10.1.0.0/24', 'fd00::/64'], { deletedAt: longAgo }), [], 'keep Terminating'],
  ['deleted, and a larger one has all', range('a', ['10.0.0.0/24'], { deletedAt: longAgo }), [range('b', ['10.0.0.0/16'])], 'release'],
  [
    'deleted, and a smaller one has the address',
    range('a', ['10.0.0.0/24'], { deletedAt: longAgo }),
    [range('b', ['10.0.0.0/28'])],
    'release',
  ],
  [
    'deleted, and the larger one is, too',
    range('a', ['10.0.0.0/24'], { deletedAt: longAgo }),
    [range('b', ['10.0.0.0/16'], { deletedAt: longAgo })],
    'keep Terminating',
  ],
  ['deleted just now', range('a', ['10.9.0.0/24'], { deletedAt: '2026-01-01T11:59:58Z' }), [], 'wait 8000'],
  ['deleted, others hold it', range('a', ['10.9.0.0/24'], { deletedAt: longAgo, finalizers: ['x/y'] }), [], 'nothing'],
  ['deleted, others hold it too', range('a', ['10.9.0.0/24'], { deletedAt: longAgo, finalizers: [finalizer, 'x/y'] }), [], 'release x/y'],
] as const) {
  test(`a range that is ${why}`, () =>
    assert.equal(summary(planFor({ range: subject, all: [subject, ...others], addresses }, nowMs)), want))
}
