import assert from 'node:assert/strict'
import { test } from 'node:test'
import { APIService } from '#kinds/apiregistration/api-service.kind'
import { startTestApiServer } from '#testing/api-server'
import { ensureApiServices, localApiServices } from './api-services.ts'

const apps = { group: 'apps', version: 'v1' }

test('each version that is served has its object, but for the registration itself', () => {
  const objects = localApiServices([
    { group: '', version: 'v1' },
    { group: 'autoscaling', version: 'v2' },
    { group: 'apiregistration.k8s.io', version: 'v1' },
  ])
  assert.deepEqual(
    objects.map(({ metadata, spec }) => [metadata.name, spec]),
    [
      ['v1.', { version: 'v1', groupPriorityMinimum: 18_000, versionPriority: 1 }],
      ['v2.autoscaling', { group: 'autoscaling', version: 'v2', groupPriorityMinimum: 17_500, versionPriority: 30 }],
    ],
  )
})

test('a start mends what is ours, and leaves what is not', async () => {
  await using api = await startTestApiServer()
  const changed = await api.client.get(APIService, { name: 'v1.apps' })
  await api.client.update(APIService, { ...changed, spec: { ...changed.spec, versionPriority: 3 } })
  await api.client.create(APIService, {
    ...changed,
    metadata: { name: 'v1.example.com' },
    spec: { ...changed.spec, group: 'example.com' },
  })
  await ensureApiServices(api.client, [apps])
  assert.equal((await api.client.get(APIService, { name: 'v1.apps' })).spec.versionPriority, 15)
  const names = (await api.client.list(APIService, {})).items.map(({ metadata }) => metadata.name)
  // What is served no longer is gone, what has no label of ours stays.
  assert.deepEqual(names, ['v1.apps', 'v1.example.com'])
})
