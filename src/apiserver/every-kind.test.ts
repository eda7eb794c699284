/**
 * Every kind with every field filled in, sent through create and read back in each version that serves it. The rules of the kinds are taken
 * off: the objects hold a value in every field, whether it makes sense or not.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { builtinKinds } from '#kinds/builtin-kinds'
import { optionalKinds } from '#kinds/optional-kinds'
import { type Kind, resourcePath } from '#meta/kind'
import { deepFreeze, type KubeObject } from '#meta/object'
import { decode } from '#meta/schema/decode'
import { wireForm } from '#meta/schema/encode'
import { startTestApiServer, type TestApiServer } from '#testing/api-server'

const kinds = [...builtinKinds, ...optionalKinds.map(({ kind }) => kind)]

/** The kind without what refuses, resets or fills in. */
function lenient(kind: Kind): Kind {
  const { validate: _, validateCreate: _c, prepareCreate: _p, defaults: _d, warnings: _w, ...rest } = kind
  return { ...rest, validateName: () => [] }
}

/** Plugins that look into objects. */
const plugins = [
  'CertificateSubjectRestriction',
  'ClusterTrustBundleAttest',
  'DefaultStorageClass',
  'LimitRanger',
  'PersistentVolumeClaimResize',
  'PodSecurity',
  'Priority',
  'ResourceQuota',
  'RuntimeClass',
  'ServiceAccount',
  'StorageObjectInUseProtection',
  'TaintNodesByCondition',
  'DefaultTolerationSeconds',
  'PodTopologyLabels',
  'DefaultIngressClass',
]

/** Kinds whose objects the server itself makes or gives addresses to. */
const owned: ReadonlySet<string> = new Set(['Service', 'IPAddress', 'ServiceCIDR', 'APIService'])

function filledObjects(): readonly KubeObject[] {
  const text = gunzipSync(readFileSync(new URL('../kinds/testdata/api-roundtrip.jsonl.gz', import.meta.url))).toString()
  return text.split('\n').map((line) => JSON.parse((JSON.parse(line) as { readonly json: string }).json) as KubeObject)
}

async function call({ url, token, ca }: TestApiServer, path: string, body?: string): Promise<{ status: number; value: KubeObject }> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const request = requestHttps(new URL(path, url), { method: body === undefined ? 'GET' : 'POST', ca, headers })
  request.end(body)
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const text = Buffer.concat(await response.toArray()).toString()
  return { status: response.statusCode ?? 0, value: JSON.parse(text) as KubeObject }
}

/** Under a name of its own; the rest of the metadata is the server's to write. */
function sendable(kind: Kind, object: KubeObject): KubeObject {
  const { labels, annotations } = object.metadata
  const name = `${kind.group === '' ? 'core' : kind.group}-${kind.version}`
  const namespace = kind.scope === 'Namespaced' ? { namespace: 'default' } : {}
  return {
    ...object,
    metadata: { name, ...namespace, ...(labels === undefined ? {} : { labels }), ...(annotations === undefined ? {} : { annotations }) },
  }
}

function withoutMeta({ metadata: _, ...object }: KubeObject): object {
  return object
}

test('every kind, filled in, goes through create and comes back in each version', async () => {
  const served = kinds.map(lenient)
  await using server = await startTestApiServer({ kinds: served, admission: { enabled: [], disabled: plugins } })
  let count = 0
  for (const object of filledObjects()) {
    const kind = kinds.find((one) => one.apiVersion === object.apiVersion && one.kind === object.kind)
    if (kind === undefined || kind.isVirtual || !kind.verbs.includes('create') || owned.has(kind.kind)) continue
    const sent = sendable(kind, object)
    const created = await call(server, resourcePath(kind, sent.metadata.namespace), JSON.stringify(sent))
    assert.equal(created.status, 201, `${kind.apiVersion} ${kind.kind}: ${JSON.stringify(created.value).slice(0, 300)}`)
    const { annotations } = sent.metadata
    const stored = { ...sent, metadata: { ...created.value.metadata, ...(annotations === undefined ? {} : { annotations }) } }
    for (const other of versionsOf(kind)) {
      const read = await call(server, resourcePath(other, sent.metadata.namespace, sent.metadata.name))
      const want = wireForm(other.schema, inVersion(kind, other, decode<KubeObject>(kind.schema, stored)))
      assert.deepEqual(read.value, want, `${kind.apiVersion} ${kind.kind} as ${other.apiVersion}`)
      if (other === kind) assert.deepEqual(withoutMeta(read.value), withoutMeta(sent), `${kind.apiVersion} ${kind.kind}`)
    }
    count++
  }
  assert.ok(count > 75, String(count))
})

/** All versions and groups that show what `kind` stores. */
function versionsOf(kind: Kind): readonly Kind[] {
  const stored = kind.storedAs?.kind ?? kind
  return kinds.filter((one) => (one.storedAs?.kind ?? one) === stored)
}

/** By way of the stored form, which went through the store. */
function inVersion(from: Kind, to: Kind, object: KubeObject): KubeObject {
  const { kind: storedKind, toStored } = from.storedAs ?? { kind: from, toStored: (same: KubeObject) => same }
  const stored = decode<KubeObject>(storedKind.schema, wireForm(storedKind.schema, toStored(object)))
  return to.storedAs === undefined ? stored : to.storedAs.fromStored(deepFreeze(stored))
}
