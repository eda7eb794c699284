/**
 * Every example of seven pages of the Kubernetes documentation, with local images: what the page says happens has to happen, under the real
 * kubectl. Examples do not know each other: each has a namespace of its own, and several are played at once.
 */
import { after, before, describe, test } from 'node:test'
import { configMaps } from './documentation/config-maps.ts'
import { deployments } from './documentation/deployments.ts'
import { initContainers } from './documentation/init-containers.ts'
import { pods } from './documentation/pods.ts'
import { probes } from './documentation/probes.ts'
import { replicaSets } from './documentation/replica-sets.ts'
import { openScene } from './documentation/scene.ts'
import { secrets } from './documentation/secrets.ts'
import { missingForNode } from './requirements.ts'
import { startTestCluster, type TestCluster } from './test-cluster.ts'

describe('the examples of the documentation', { skip: missingForNode('kubectl'), concurrency: 6 }, () => {
  let cluster: TestCluster
  before(async () => {
    cluster = await startTestCluster(5)
  })
  after(() => cluster[Symbol.asyncDispose]())

  for (const { folder, examples } of [deployments, probes, initContainers, replicaSets, secrets, configMaps, pods]) {
    for (const [number, [title, play]] of Object.entries(examples).entries()) {
      test(`${folder}: ${title}`, async () => {
        await using scene = await openScene(cluster, folder, `${folder}-${number + 1}`)
        await play(scene)
      })
    }
  }
})
