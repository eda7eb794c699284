/** What has to hold of a server after any cases: what is listed decodes and is the same twice, what nobody touched is as it was, a good write works. */
import type { Kind } from '#meta/kind'
import type { Store } from '#store/store'
import { startTestApiServer, type TestApiServer } from '#testing/api-server'
import { type Connection, connectionTo, type Outcome } from './connection.ts'
import { type Corpus, collectionPath, fuzzNamespace } from './corpus.ts'

type Ask = (method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<Outcome>

/** What is asked here is no watch. */
const wholeAnswerMs = 10_000

export function askerOf(connection: Connection, token: string): Ask {
  return (method, path, body, headers = {}) =>
    connection.send(
      {
        wire: 'http2',
        method,
        path,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) }),
      },
      wholeAnswerMs,
    )
}

/** The objects that cases find, and one that none of them names. */
export async function prepareObjects(ask: Ask, { valid }: Corpus): Promise<void> {
  await ensureNamespace(ask, fuzzNamespace)
  await ensureNamespace(ask, canaryNamespace)
  await ask('POST', canaries, canary)
  for (const { kind, object } of valid) {
    await ask('POST', collectionPath(kind), { ...object, metadata: { ...(object['metadata'] as object), name: 'fz-0' } })
  }
}

/** Makes sure of a namespace, also where a case has deleted it. */
async function ensureNamespace(ask: Ask, name: string): Promise<void> {
  const path = `/api/v1/namespaces/${name}`
  const found = await ask('GET', path)
  const namespace = found.status === 200 ? jsonOf(found) : undefined
  if (namespace?.metadata?.deletionTimestamp !== undefined) await ask('PUT', `${path}/finalize`, { ...namespace, spec: { finalizers: [] } })
  await ask('POST', '/api/v1/namespaces', { metadata: { name } })
}

const canaryNamespace = 'canary'
const canaries = `/api/v1/namespaces/${canaryNamespace}/configmaps`
const canary = { metadata: { name: 'canary', labels: { untouched: 'yes' } }, data: { a: 'b' } }
const canaryPath = `${canaries}/canary`

/** Says what is wrong; empty if nothing is. `canaryBefore` is what `readCanary` gave at the start. */
export async function faultsOf(ask: Ask, { kinds }: Corpus, canaryBefore: string): Promise<string[]> {
  const faults: string[] = []
  if ((await readCanary(ask)) !== canaryBefore) faults.push('an object that no case named has changed')
  const created = await ask('POST', canaries, { metadata: { generateName: 'good-' }, data: { a: 'b' } })
  if (created.status !== 201) faults.push(`a good create was answered with ${created.status} ${textOf(created)}`)
  else await ask('DELETE', `${canaries}/${jsonOf(created)?.metadata?.name}`)
  for (const kind of kinds) if (kind.verbs.includes('list') && !kind.isVirtual) faults.push(...(await listFaults(ask, kind)))
  return faults
}

export async function readCanary(ask: Ask): Promise<string> {
  return textOf(await ask('GET', canaryPath))
}

/** Whether two lists are the same now: the server itself mends its own objects, so that a first pair may differ. */
async function listsAlike(ask: Ask, path: string): Promise<boolean> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const [first, second] = [await ask('GET', path), await ask('GET', `${path}?resourceVersion=0`)]
    if (itemsOf(first) === itemsOf(second)) return true
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return false
}

async function listFaults(ask: Ask, kind: Kind): Promise<string[]> {
  const path = everywhere(kind)
  const faults: string[] = []
  const [first, second, table, protobuf] = [
    await ask('GET', path),
    await ask('GET', `${path}?resourceVersion=0`),
    await ask('GET', path, undefined, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }),
    await ask('GET', path, undefined, { accept: 'application/vnd.kubernetes.protobuf' }),
  ]
  for (const [form, answer] of Object.entries({ first, second, table, protobuf })) {
    if (answer.status !== 200)
      faults.push(`list of ${kind.plural} (${form}) was answered with ${answer.status} ${textOf(answer).slice(0, 500)}`)
  }
  const items = jsonOf(first)?.items
  if (!Array.isArray(items)) faults.push(`list of ${kind.plural} is no list: ${textOf(first).slice(0, 200)}`)
  if (itemsOf(first) !== itemsOf(second) && !(await listsAlike(ask, path))) faults.push(`${kind.plural}: two lists in a row differ`)
  return faults
}

/** What a second server finds in the same store: every object decodes there, and to the same. */
export async function storeFaults(first: TestApiServer, store: Store, { kinds }: Corpus): Promise<string[]> {
  await using second = await startTestApiServer({}, { store })
  using oldConnection = connectionTo(first)
  using newConnection = connectionTo(second)
  const faults: string[] = []
  for (const kind of kinds) {
    if (!kind.verbs.includes('list') || kind.isVirtual) continue
    const [before, after] = [
      await askerOf(oldConnection, first.token)('GET', everywhere(kind)),
      await askerOf(newConnection, second.token)('GET', everywhere(kind)),
    ]
    if (itemsOf(before) !== itemsOf(after)) faults.push(`${kind.plural}: a server started afresh lists something else (${after.status})`)
  }
  return faults
}

function everywhere(kind: Kind): string {
  return collectionPath(kind).replace(`/namespaces/${fuzzNamespace}`, '')
}

function itemsOf(answer: Outcome): string {
  return JSON.stringify(jsonOf(answer)?.items)
}

function textOf({ body }: Outcome): string {
  return Buffer.from(body).toString()
}

type Loose = { readonly metadata?: { readonly name?: string; readonly deletionTimestamp?: string }; readonly items?: unknown }

function jsonOf(answer: Outcome): Loose | undefined {
  try {
    return JSON.parse(textOf(answer)) as Loose
  } catch {
    return undefined
  }
}

const prototypes = [Object.prototype, Array.prototype, Function.prototype, String.prototype, Map.prototype] as const
const membersBefore = prototypes.map((prototype) => Reflect.ownKeys(prototype).map((key) => [key, valueOf(prototype, key)] as const))

/** Server and cases share one process, so that what a case wrote on a prototype is seen here. */
export function pollution(): string | undefined {
  const changed = prototypes.find((prototype, index) => {
    const before = membersBefore[index] ?? []
    return Reflect.ownKeys(prototype).length !== before.length || before.some(([key, value]) => valueOf(prototype, key) !== value)
  })
  return changed === undefined ? undefined : `a prototype has changed: ${Reflect.ownKeys(changed).map(String).join()}`
}

/** Of an accessor, its getter. */
function valueOf(prototype: object, key: string | symbol): unknown {
  const descriptor: Readonly<Record<string, unknown>> = { ...Object.getOwnPropertyDescriptor(prototype, key) }
  return descriptor['value'] ?? descriptor['get']
}
