/**
 * Compares the kinds with recorded answers of upstream's API server: what a created object looks like,
 * which errors a bad one gets, and what its table row says.
 */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import type { FieldError } from '#meta/field-path'
import { groupVersionPath, type Kind, type RequestFacts } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { validateObjectMeta, validateObjectMetaUpdate } from '#meta/object-meta-validation'
import { decode } from '#meta/schema/decode'
import { withDefaults } from '#meta/schema/default'
import { withoutNulls } from '#meta/schema/encode'
import { invalidObject } from '#meta/status'
import { builtinKinds } from './builtin-kinds.ts'

type RecordedBody = {
  readonly message?: string
  readonly details?: { readonly name?: string }
  readonly metadata?: { readonly name?: string; readonly uid?: string; readonly creationTimestamp?: string }
}

type Recorded = {
  readonly topic: string
  readonly scenario: string
  readonly step: {
    readonly name: string
    readonly method: string
    readonly path: string
    readonly body?: unknown
    readonly bodyFrom?: unknown
  }
  readonly sent?: { readonly body?: unknown }
  readonly response?: { readonly status: number; readonly body?: RecordedBody }
}

const folder = new URL('../../../shared/reference/oracle/', import.meta.url)
const skip = existsSync(folder) ? false : 'the recorded answers (../shared/reference/oracle) are not here'
const usualFacts: RequestFacts = { nowMs: Date.parse('2026-11-21T11:42:15Z'), subresource: '' }

/** The requests of a transcript; its pauses have no path. */
function recordsOf(topic: string): readonly Recorded[] {
  const text = gunzipSync(readFileSync(new URL(`${topic}.jsonl.gz`, folder))).toString()
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Recorded)
    .filter(({ step }) => 'path' in step)
}

/** The kind that a path's collection holds, and the namespace that it names. */
function targetOf(path: string): { readonly kind: Kind; readonly namespace: string | undefined } | undefined {
  const bare = path.split('?')[0] ?? ''
  for (const kind of builtinKinds) {
    const match = new RegExp(`^${groupVersionPath(kind)}/(?:namespaces/([^/]+)/)?${kind.plural}$`).exec(bare)
    if (match !== null) return { kind, namespace: match[1] }
  }
  return undefined
}

/** What the registry does with a new object, without what needs a store. */
function created(
  kind: Kind,
  namespace: string | undefined,
  body: unknown,
  answer: RecordedBody | undefined,
): { readonly object: KubeObject; readonly errors: readonly FieldError[] } {
  const sent = { apiVersion: kind.apiVersion, kind: kind.kind, ...(body as object) }
  const decoded = withDefaults(kind.schema, decode<KubeObject>(kind.schema, sent))
  const { generateName, name: given = generateName === undefined ? undefined : (answer?.details?.name ?? answer?.metadata?.name) } =
    decoded.metadata
  const named = {
    ...decoded,
    metadata: { ...decoded.metadata, name: given, uid: answer?.metadata?.uid, namespace: kind.scope === 'Cluster' ? undefined : namespace },
  }
  const { creationTimestamp } = answer?.metadata ?? {}
  const facts = { ...usualFacts, ...(creationTimestamp === undefined ? {} : { nowMs: Date.parse(creationTimestamp) }) }
  const prepared = kind.prepareCreate?.(kind.defaults?.(named) ?? named, facts) ?? kind.defaults?.(named) ?? named
  const { validateName, takesBareFinalizers, namesByGeneratedRules } = kind
  const rules = { isNamespaced: kind.scope === 'Namespaced', validateName, takesBareFinalizers, namesByGeneratedRules }
  return {
    object: prepared,
    errors: [
      ...(kind.checksOwnMeta === true ? [] : validateObjectMeta(prepared.metadata, rules)),
      ...(kind.validate?.(prepared, facts) ?? []),
      ...(kind.validateCreate?.(prepared, facts) ?? []),
    ],
  }
}

const creations = skip
  ? []
  : ['validation', 'defaults'].flatMap(recordsOf).flatMap((record) => {
      const target = record.step.method === 'POST' ? targetOf(record.step.path) : undefined
      const body = record.sent?.body ?? record.step.body
      return target === undefined || record.response === undefined || typeof body !== 'object' || body === null
        ? []
        : [{ record, body, ...target }]
    })

/** Kinds whose rules are still few: what they refuse is not compared. */
const withFewRules: ReadonlySet<string> = new Set(['ServiceCIDR'])

/** Refused by what stands before or behind the kind's own rules, and where. */
const refusedElsewhere: readonly (readonly [RegExp, string])[] = [
  [/^val-generic-services\/(no-name|no-metadata|name-slash|empty-body|null-body)$/, 'the allocator of cluster addresses answers first'],
  [
    /^val-generic-leases\/bad-finalizer$/,
    'upstream checks the finalizers of most kinds more strictly than those of leases, we those of all alike',
  ],
  [/^val-services(-2)?\/(clusterip-range|ipfamily6|dual-require)$/, 'the allocator knows the address families of the cluster'],
  [/\/(cel|cel-type|cel-syntax|cel-undeclared|audit-type|msgexpr-type|params-unset|var-forward)$/, 'expressions are not compiled'],
]

for (const { record, body, kind, namespace } of creations) {
  if (record.response?.status !== 422 || withFewRules.has(kind.kind)) continue
  if (refusedElsewhere.some(([pattern]) => pattern.test(`${record.scenario}/${record.step.name}`))) continue
  test(`${record.scenario}/${record.step.name}: a bad ${kind.kind} gets upstream's errors`, { skip }, () => {
    const { object, errors } = created(kind, namespace, body, record.response?.body)
    const subject = kind.storedAs?.kind ?? kind
    assert.equal(
      errors.length === 0 ? 'accepted' : invalidObject(subject, object.metadata.name ?? '', errors).message,
      record.response?.body?.message,
    )
  })
}

for (const { record, body, kind, namespace } of creations) {
  if (record.response?.status !== 201 || kind.isVirtual) continue
  test(`${record.scenario}/${record.step.name}: a new ${kind.kind} looks like upstream's`, { skip }, () => {
    const { object, errors } = created(kind, namespace, body, record.response?.body)
    assert.deepEqual(errors, [])
    assert.deepEqual(comparable(object), comparable(record.response?.body))
  })
}

/** What admission plugins and allocators add to the spec. */
const addedLater: Readonly<Record<string, readonly string[]>> = {
  Pod: ['tolerations', 'priority', 'preemptionPolicy'],
  Service: ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'healthCheckNodePort'],
  Node: ['taints'],
  CertificateSigningRequest: ['username', 'uid', 'groups', 'extra'],
}
const metadataOfServer = [
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'deletionTimestamp',
  'managedFields',
  'generation',
  'name',
  'selfLink',
]

/** Without what the registry, an allocator or an admission plugin adds. */
function comparable(object: unknown): unknown {
  const copy = withoutNulls(JSON.parse(JSON.stringify(object))) as { readonly kind: string; readonly [field: string]: unknown } & Record<
    'metadata' | 'spec',
    Record<string, unknown> | undefined
  >
  for (const field of metadataOfServer) delete copy.metadata?.[field]
  for (const field of addedLater[copy.kind] ?? []) delete copy.spec?.[field]
  if (/^(PersistentVolume|VolumeAttributes)/.test(copy.kind)) delete copy.metadata?.finalizers
  const ports = copy.kind === 'Service' ? ((copy.spec?.ports ?? []) as Record<string, unknown>[]) : []
  for (const port of ports) delete port.nodePort
  return withoutEmptyLists(copy)
}

/** An empty list and none are the same to a client; times are those of the recording. */
function withoutEmptyLists(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmptyLists)
  if (typeof value !== 'object' || value === null) return value
  const isKept = ([name, field]: [string, unknown]) => !(Array.isArray(field) && field.length === 0) && name !== 'lastPhaseTransitionTime'
  return Object.fromEntries(
    Object.entries(value)
      .filter(isKept)
      .map(([name, field]) => [name, withoutEmptyLists(field)]),
  )
}

type RecordedTable = {
  readonly columnDefinitions: readonly {
    readonly name: string
    readonly type: string
    readonly format: string
    readonly priority: number
  }[]
  readonly rows: readonly {
    readonly cells: readonly unknown[]
    readonly object: { readonly metadata: { readonly name: string; readonly uid: string } }
  }[]
}

/** Objects as the API server answered them last, by scenario and name. */
const answered = new Map<string, KubeObject>()

for (const record of skip ? [] : recordsOf('tables')) {
  const body = record.response?.body as unknown
  if (isObject(body)) answered.set(`${record.scenario}/${body.metadata.name}`, body)
  const target = record.step.method === 'GET' ? targetOf(record.step.path) : undefined
  if (target === undefined || !isTable(body)) continue
  // The server itself writes the status of flow schemas, some time after they are made.
  if (target.kind.kind === 'FlowSchema') continue
  const objects = new Map(answered)
  test(`${record.scenario}/${record.step.name}: the table of ${target.kind.plural} says what upstream's says`, { skip }, () => {
    const { columns } = target.kind
    assert.deepEqual(
      columns.map(({ name, type, format = '', priority = 0 }) => ({ name, type, format, priority })),
      body.columnDefinitions.map(({ name, type, format, priority }) => ({ name, type, format, priority })),
    )
    for (const row of body.rows) {
      const name: unknown = row.cells[target.kind.columns.findIndex((column) => column.name === 'Name')]
      const object = objects.get(`${record.scenario}/${name}`)
      if (object === undefined) continue
      const nowMs = Date.parse(object.metadata.creationTimestamp ?? '')
      const decoded = withDefaults(target.kind.schema, decode<KubeObject>(target.kind.schema, object))
      const cells: readonly unknown[] = columns.map((column) => column.cell(decoded, { nowMs }))
      assert.deepEqual(cells.map(withoutAge), row.cells.map(withoutAge), String(name))
    }
  })
}

function isObject(body: unknown): body is KubeObject {
  return typeof body === 'object' && body !== null && 'metadata' in body && 'kind' in body && body.kind !== 'Table'
}

function isTable(body: unknown): body is RecordedTable {
  return typeof body === 'object' && body !== null && 'columnDefinitions' in body
}

/** Ages depend on the moment of the recording. */
function withoutAge(cell: unknown): unknown {
  return typeof cell === 'string' ? cell.replace(/\b(\d+[smhdy])+\b/g, '<age>') : cell
}

/** What the registry does with a change of the object itself, without what needs a store. */
function updated(kind: Kind, old: KubeObject, body: unknown): readonly FieldError[] {
  const decoded = withDefaults(kind.schema, decode<KubeObject>(kind.schema, body))
  const complete = kind.defaults?.(decoded) ?? decoded
  const before = kind.defaults?.(decode<KubeObject>(kind.schema, old)) ?? old
  const prepared = kind.update.prepare?.(complete, before, usualFacts) ?? complete
  return [
    ...validateObjectMetaUpdate(prepared.metadata, before.metadata),
    ...(kind.update.validatesAlone === true ? [] : (kind.validate?.(prepared, usualFacts) ?? [])),
    ...(kind.update.validate?.(prepared, before, usualFacts) ?? []),
  ]
}

/**
 * Settled before the rules of the kind are asked, `tol-add` by an admission plugin, `add-deletion` of some by the missing revision; and
 * `cel`, since expressions are not compiled.
 */
const settledElsewhere: ReadonlySet<string> = new Set([
  'change-uid',
  'namespace-change',
  'change-creation',
  'tol-add',
  'add-deletion',
  'cel',
])

const stored = new Map<string, KubeObject>()

for (const record of skip ? [] : recordsOf('validation')) {
  const body = record.response?.body as unknown
  const path = record.step.path.split('?')[0] ?? ''
  const target = record.step.method === 'PUT' ? targetOf(path.slice(0, path.lastIndexOf('/'))) : undefined
  const old = stored.get(path)
  if (record.response?.status === 200 && isObject(body)) stored.set(path, body)
  const next = record.sent?.body
  if (target === undefined || old === undefined || !record.scenario.startsWith('val-update-') || next === undefined) continue
  if (withFewRules.has(target.kind.kind) || settledElsewhere.has(record.step.name)) continue
  const { status, body: answer } = record.response ?? {}
  if (status !== 200 && status !== 422) continue
  test(`${record.scenario}/${record.step.name}: a change of a ${target.kind.kind} is judged as upstream judges it`, { skip }, () => {
    const errors = updated(target.kind, old, next)
    const message =
      errors.length === 0 ? undefined : invalidObject(target.kind.storedAs?.kind ?? target.kind, old.metadata.name ?? '', errors).message
    assert.equal(message, status === 200 ? undefined : answer?.message)
  })
}
