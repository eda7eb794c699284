import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Kind } from '#meta/kind'
import { enabledKinds, runtimeConfigFlag } from './enabled-kinds.ts'

const kinds = [
  ['', 'v1', 'pods'],
  ['apps', 'v1', 'deployments'],
  ['apps', 'v1', 'replicasets'],
  ['networking.k8s.io', 'v1beta1', 'ipaddresses'],
  ['networking.k8s.io', 'v1beta1', 'servicecidrs'],
  ['scheduling.k8s.io', 'v1alpha2', 'workloads'],
].map(([group, version, plural]) => ({ group, version, plural }) as Kind)

const stable = ['pods', 'deployments', 'replicasets']
const beta = ['ipaddresses', 'servicecidrs']

for (const [flag, want] of [
  ['', stable],
  ['api/all=true', [...stable, ...beta, 'workloads']],
  ['api/all', [...stable, ...beta, 'workloads']],
  ['api/beta=true', [...stable, ...beta]],
  ['api/alpha=true', [...stable, 'workloads']],
  ['api/all=true,api/alpha=false', [...stable, ...beta]],
  ['apps/v1=false', ['pods']],
  ['apps/v1=false,apps/v1/deployments=true', ['pods', 'deployments']],
  ['apps/v1/deployments=false', ['pods', 'replicasets']],
  ['networking.k8s.io/v1beta1/ipaddresses=true', [...stable, 'ipaddresses']],
  ['api/beta=true,networking.k8s.io/v1beta1/ipaddresses=false', [...stable, 'servicecidrs']],
  ['networking.k8s.io/v1beta1', [...stable, ...beta]],
  ['api/legacy=true', stable],
  ['apps/v1/nothing=true', stable],
  ['v1=true', stable],
] as const) {
  test(`--runtime-config=${flag}`, () => {
    const { served, unserved } = enabledKinds(kinds, runtimeConfigFlag.parse(flag, undefined))
    assert.deepEqual(
      served.map(({ plural }) => plural),
      want,
    )
    assert.equal(served.length + unserved.length, kinds.length)
  })
}

for (const [flag, message] of [
  ['foo=true', 'runtime-config invalid key foo'],
  ['a/b/c/d=true', 'runtime-config invalid key a/b/c/d'],
  ['bad/v1=true', 'unknown api groups bad/v1'],
  ['api/foo=true', 'unknown api groups api/foo'],
  ['apps/v9=true', 'group version apps/v9 that has not been registered'],
  ['apps/v1=maybe', 'invalid value of apps/v1: maybe, err: strconv.ParseBool: parsing "maybe": invalid syntax'],
  ['api/all=maybe', 'invalid value api/all=maybe'],
  ['api/ga=false', '--runtime-config=api/ga=false conflicts with --enable-priority-and-fairness=true'],
] as const) {
  test(`--runtime-config=${flag} is refused`, () => {
    assert.throws(() => enabledKinds(kinds, runtimeConfigFlag.parse(flag, undefined)), { message })
  })
}
