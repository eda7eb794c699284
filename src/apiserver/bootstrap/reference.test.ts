import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { builtinKinds } from '#kinds/builtin-kinds'
import type { Kind } from '#meta/kind'
import { type KubeObject, refOf } from '#meta/object'
import { startTestApiServer } from '#testing/api-server'

const reference = new URL('../../../../shared/reference/bootstrap-objects.jsonl.gz', import.meta.url)
const skip = existsSync(reference) ? false : 'the reference data is not here'

/** Made by the API server alone; of the others, controllers and addresses of the recorded cluster have their part. */
const compared = new Set(
  'Namespace PriorityClass FlowSchema PriorityLevelConfiguration ClusterRole ClusterRoleBinding Role RoleBinding'.split(' '),
)

type Recorded = KubeObject & { readonly aggregationRule?: unknown; readonly rules?: unknown; readonly status?: unknown }

test('a new cluster has upstream’s objects, field by field and owner by owner', { skip }, async () => {
  await using server = await startTestApiServer({}, {})
  await server.server.ready
  const lines = gunzipSync(readFileSync(reference)).toString().trim().split('\n')
  const recorded = lines.map((line): Recorded => JSON.parse(line)).filter(({ kind }) => compared.has(kind))
  assert.ok(recorded.length > 150)
  for (const wanted of recorded) {
    const kind = builtinKinds.find((one) => one.kind === wanted.kind && one.apiVersion === wanted.apiVersion)
    assert.ok(kind)
    const found = await server.client.get(kind as Kind<Recorded>, refOf(wanted))
    assert.deepEqual(comparable(found), comparable(wanted), `${wanted.kind} ${wanted.metadata.name}`)
  }
})

/** Without what differs in each cluster, what a status says later, and the rules that a controller gathers. */
function comparable({ metadata, status: _status, ...rest }: Recorded): unknown {
  const { name, namespace, labels, annotations, generation } = metadata
  const managers = (metadata.managedFields ?? [])
    .filter((entry) => (entry.subresource ?? '') === '' && entry.manager !== 'kube-controller-manager' && !isGathered(entry.fieldsV1))
    .map(({ manager, operation, apiVersion, fieldsV1 }) => ({ manager, operation, apiVersion, fieldsV1 }))
  const rules = rest.aggregationRule === undefined ? rest.rules : undefined
  return JSON.parse(JSON.stringify({ ...rest, rules, metadata: { name, namespace, labels, annotations, generation, managers } }))
}

function isGathered(fields: unknown): boolean {
  return JSON.stringify(fields) === '{"f:rules":{}}'
}
