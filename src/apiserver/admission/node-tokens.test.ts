import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ServiceAccount } from '#kinds/core/service-account.kind'
import type { KubeObject } from '#meta/object'
import { ObjectState } from '#testing/object-state'
import { type Authorizer, allow, noOpinion } from '../authz/authorizer.ts'
import { tokenRestriction } from './node-tokens.ts'
import type { Admission, AdmissionDeps } from './plugin.ts'

const { signal } = new AbortController()
const user = { name: 'system:node:n1', groups: ['system:nodes'] }
const projected = (audience?: string) => ({
  projected: { sources: [{ serviceAccountToken: { path: 'p', ...(audience && { audience }) } }] },
})
const driver = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'CSIDriver',
  metadata: { name: 'd' },
  spec: { tokenRequests: [{ audience: 'vault' }] },
}
const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { namespace: 'a', name: 'c' }, spec: { volumeName: 'pv' } }
const volume = { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'pv' }, spec: { csi: { driver: 'd' } } }

function pod(nodeName: string, ...volumes: readonly object[]): object {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'a', name: 'p', uid: 'u' }, spec: { nodeName, containers: [], volumes } }
}

async function outcome(
  bound: object | undefined,
  audiences: readonly string[],
  objects: readonly object[],
  authorizer: Authorizer,
): Promise<string> {
  const request = { spec: { audiences, boundObjectRef: bound } }
  const admission = { kind: ServiceAccount, operation: 'CREATE', subresource: 'token', namespace: 'a', name: 'bot', object: request, user }
  const deps = { state: new ObjectState(objects as KubeObject[]) } as unknown as AdmissionDeps
  try {
    await tokenRestriction(authorizer).validate?.(admission as unknown as Admission, deps, signal)
    return 'yes'
  } catch (error) {
    return error instanceof Error ? error.message.replace('serviceaccounts "bot" is forbidden: ', '') : ''
  }
}

const refusing: Authorizer = { name: 'no', decide: () => noOpinion() }
const trusting: Authorizer = {
  name: 'yes',
  decide: ({ verb, resource }) => (`${verb} ${resource?.resource}` === 'request-serviceaccounts-token-audience x' ? allow() : noOpinion()),
}
const toPod = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u' }
const foreign = (audience: string) =>
  `audience "${audience}" not found in pod spec volume, system:node:n1 is not authorized to request tokens for this audience`

for (const [why, bound, audiences, objects, want, authorizer = refusing] of [
  ['nothing', undefined, [], [], 'node requested token not bound to a pod'],
  ['a pod by name only', { ...toPod, uid: undefined }, [], [], 'node requested token with a pod binding without a uid'],
  ['a pod that is not there', toPod, [], [], 'pod "p" not found'],
  ['a pod elsewhere', toPod, [], [pod('n2', projected())], 'node requested token bound to a pod scheduled on a different node'],
  ['its pod, which mounts a token', toPod, [], [pod('n1', projected())], 'yes'],
  ['its pod, which mounts none', toPod, [], [pod('n1')], foreign('')],
  ['its pod, for an audience that it names', toPod, ['x'], [pod('n1', projected('x'))], 'yes'],
  ['its pod, for another audience', toPod, ['x'], [pod('n1', projected('y'))], foreign('x')],
  ['its pod, for two audiences', toPod, ['x', 'y'], [pod('n1', projected('x'))], 'node may only request 0 or 1 audiences'],
  ['its pod, for the audience of a driver', toPod, ['vault'], [pod('n1', { csi: { driver: 'd' } }), driver], 'yes'],
  [
    "its pod, for the audience of a claim's driver",
    toPod,
    ['vault'],
    [pod('n1', { persistentVolumeClaim: { claimName: 'c' } }), driver, claim, volume],
    'yes',
  ],
  ['its pod, for an audience that it was trusted with', toPod, ['x'], [pod('n1')], 'yes', trusting],
] as const) {
  test(`a node asks for a token for ${why}`, async () => assert.equal(await outcome(bound, audiences, objects, authorizer), want))
}
