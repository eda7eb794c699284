/** The page "ReplicaSet"; its autoscaler is left out until there is a controller for it. */
import assert from 'node:assert/strict'
import { type Page, rowsOf, type Scene } from './scene.ts'

export const replicaSets: Page = {
  folder: 'replica-sets',
  examples: {
    'three replicas, told of and owned': async (scene) => {
      await running(scene)
      assert.deepEqual(rowsOf(await scene.kubectl('get', 'rs'))[0]?.slice(0, 4), ['frontend', '3', '3', '3'])
      const described = await scene.kubectl('describe', 'rs/frontend')
      assert.match(described, /Replicas:\s+3 current \/ 3 desired\nPods Status:\s+3 Running \/ 0 Waiting \/ 0 Succeeded \/ 0 Failed/)
      assert.equal(described.match(/Normal\s+SuccessfulCreate\s+.*replicaset-controller\s+Created pod: frontend-\w{5}\n/g)?.length, 3)
      const owners: unknown = JSON.parse(await scene.kubectl('get', 'pods', '-o', 'jsonpath={.items[0].metadata.ownerReferences}'))
      const uid = await scene.value('rs/frontend', '.metadata.uid')
      assert.deepEqual(owners, [
        { apiVersion: 'apps/v1', blockOwnerDeletion: true, controller: true, kind: 'ReplicaSet', name: 'frontend', uid },
      ])
    },
    'bare pods that come later are taken in and ended': async (scene) => {
      await running(scene)
      await scene.apply('bare-pods')
      await scene.until('get events', /SuccessfulDelete\s+replicaset\/frontend\s+Deleted pod: pod1/)
      await scene.until('get pods -o name', /^(pod\/frontend-\w{5}\n){3}$/)
    },
    'bare pods that were there before are taken in and kept': async (scene) => {
      await scene.apply('bare-pods')
      await scene.apply('frontend')
      await scene.until('get rs', /frontend\s+3\s+3\s+3/)
      assert.match(await scene.kubectl('get', 'pods', '-o', 'name'), /^pod\/frontend-\w{5}\npod\/pod1\npod\/pod2\n$/)
      assert.equal(await scene.value('pod/pod1', '.metadata.ownerReferences[0].name'), 'frontend')
    },
    'a pod leaves when its label is changed, and is replaced': async (scene) => {
      const [first = ''] = await running(scene)
      await scene.kubectl('label', 'pod', first, 'tier=debug', '--overwrite')
      await scene.until('get pods -l tier=frontend', /(frontend-\w{5}\s+1\/1\s+Running[^\n]*\n){3}/)
      assert.equal(await scene.value(`pod/${first}`, '.metadata.ownerReferences'), '')
      assert.match(await scene.kubectl('get', 'pod', first), /Running/)
    },
    'scaled down, it ends pods that were told to cost least': async (scene) => {
      const [first = '', second = '', third = ''] = await running(scene)
      for (const [pod, cost] of [
        [first, '10'],
        [second, '-5'],
        [third, '20'],
      ] as const)
        await scene.kubectl('annotate', 'pod', pod, `controller.kubernetes.io/pod-deletion-cost=${cost}`)
      await scene.kubectl('scale', 'rs/frontend', '--replicas=2')
      await scene.kubectl('wait', '--for=delete', `pod/${second}`, '--timeout=30s')
      assert.deepEqual((await scene.kubectl('get', 'pods', '-o', 'name')).trim().split('\n'), [`pod/${first}`, `pod/${third}`].toSorted())
    },
    'deleted, it takes its pods along, in the foreground before itself': async (scene) => {
      await running(scene)
      await scene.kubectl('delete', 'rs', 'frontend')
      await scene.until('get pods -o name', /^$/)
      await running(scene)
      await scene.kubectl('delete', 'rs', 'frontend', '--cascade=foreground')
      assert.equal(await scene.kubectl('get', 'pods', '-o', 'name'), '')
    },
    'deleted alone, it leaves its pods to the next one of the same selector': async (scene) => {
      const before = await running(scene)
      await scene.kubectl('delete', 'rs', 'frontend', '--cascade=orphan')
      assert.equal(await scene.value(`pod/${before[0]}`, '.metadata.ownerReferences'), '')
      await scene.apply('frontend', (text) => text.replace('nginx:v1', 'nginx:v2'))
      await scene.until('get rs', /frontend\s+3\s+3\s+3/)
      const images = await scene.kubectl('get', 'pods', '-o', 'jsonpath={.items[*].spec.containers[0].image}')
      assert.doesNotMatch(images, /v2/, 'it does not bring old pods up to its own template')
    },
    'a template that the selector does not match, or that does not restart always, is refused': async (scene) => {
      const unfit = await scene.refusedApply('frontend', (text) =>
        text.replace('matchLabels: { tier: frontend }', 'matchLabels: { tier: other }'),
      )
      assert.match(unfit, /`selector` does not match template `labels`/)
      const once = await scene.refusedApply('frontend', (text) => text.replace('containers:', 'restartPolicy: Never\n      containers:'))
      assert.match(once, /spec\.template\.spec\.restartPolicy: Unsupported value: "Never": supported values: "Always"/)
    },
  },
}

/** Names of the pods, all of them running. */
async function running(scene: Scene): Promise<readonly string[]> {
  await scene.apply('frontend')
  await scene.until('get rs', /frontend\s+3\s+3\s+3/)
  return (await scene.kubectl('get', 'pods', '-o', 'jsonpath={.items[*].metadata.name}')).split(' ')
}
