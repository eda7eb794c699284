/** PATCH with a configuration to apply: merged into what is there, or created where nothing is. */
import { CborError, decodeCbor } from '#base/encoding/cbor'
import { goFaultOf, YamlError } from '#base/encoding/yaml'
import { defaulted } from '#meta/defaulted'
import type { Kind } from '#meta/kind'
import { identityOf } from '#meta/managed-fields/managers'
import { typeErrors } from '#meta/managed-fields/validate-typed'
import { type KubeObject, withMeta } from '#meta/object'
import { DecodingError } from '#meta/schema/decode'
import { isJsonObject, type JsonObject } from '#meta/schema/go-type'
import type { Schema } from '#meta/schema/schema'
import { decodeUnstructured } from '#meta/schema/unstructured'
import { badRequest, conflict, StatusError } from '#meta/status'
import type { Answer, Exchange, IncomingRequest } from '../exchange.ts'
import { parseMediaType } from '../request/media-type.ts'
import { readBytes, readText } from '../request/read-body.ts'
import { readYaml } from '../request/read-yaml.ts'
import { patchOptionsOf, type WriteOptions } from '../request/write-options.ts'
import { entryAnswer } from './answers.ts'
import { changeObject } from './change.ts'
import { createDecoded } from './create.ts'
import { type OwnedWrite, ownedWrite, stateAfterApply, zeroOf } from './field-owners.ts'
import { type Registry, resourceNameOf } from './registry.ts'
import { inRequestNamespace, namespaceOf } from './system-metadata.ts'
import { checkName, writeTarget } from './update.ts'

/** A configuration as it was sent; `faults` say what strict validation has against its text. */
export type AppliedConfig = { readonly value: JsonObject; readonly faults: readonly string[] }

export async function applyObject(registry: Registry, exchange: Exchange, kind: Kind): Promise<Answer> {
  const { info, request } = exchange
  const options = patchOptionsOf(request.query, true)
  const sent = await sentConfig(request)
  const write = ownedWrite(registry, exchange, kind, { subresource: info.subresource, operation: 'Apply', options })
  const view = registry.viewOf(kind)
  const key = view.keyOf(namespaceOf(kind, info), info.name)
  const next = (live: KubeObject) => applied(exchange, kind, live, { sent, write, options })
  await view.storage.feed.freshness(exchange.signal)
  if (info.subresource === '' && view.cache.get(key) === undefined) {
    const created = checkedNew(kind, exchange, next(zeroOf(kind)))
    return await createDecoded(registry, exchange, kind, created, options)
  }
  const { entry } = await changeObject(registry, exchange, kind, key, {
    ...writeTarget(kind, info.subresource),
    isDryRun: options.isDryRun,
    options,
    next,
    owners: ({ sent }) => sent.metadata.managedFields,
  })
  return entryAnswer(entry)
}

type Application = { readonly sent: SentConfig; readonly write: OwnedWrite; readonly options: WriteOptions }

/** The last apply that changed nothing of an object: controllers send the same over and over. */
const lastVain = new WeakMap<KubeObject, { readonly who: string; readonly text: string }>()

/** The live object with the configuration in it, and its new owners; itself if nothing of it changes. */
function applied(exchange: Exchange, kind: Kind, live: KubeObject, { sent, write, options }: Application): KubeObject {
  const who = `${options.force} ${write.writer.apiVersion} ${identityOf(write.writer)}`
  const last = lastVain.get(live)
  if (last !== undefined && last.text === sent.text && last.who === who) return live
  const config = sent.read()
  checkConfig(kind, config.value)
  const { value, owners } = convertible(config.value, () =>
    stateAfterApply(write, { live, config: config.value, isForced: options.force === true }),
  )
  reportFaults(exchange, config, options)
  if (value === live) {
    if (config.faults.length === 0 && sent.text !== undefined) lastVain.set(live, { who, text: sent.text })
    return live
  }
  const object = decodedState(kind, config.value, value)
  const placed = inRequestNamespace(kind, exchange.info, object)
  checkName(placed, exchange.info.name)
  return withMeta(placed, { managedFields: owners })
}

/** Throws where the configuration is not one of this kind. */
export function checkConfig(
  kind: { readonly apiVersion: string; readonly kind: string; readonly schema: Schema },
  config: JsonObject,
): void {
  if (config.apiVersion !== kind.apiVersion || config.kind !== kind.kind) throw badRequest(`invalid object type: ${typeText(config)}`)
  const { managedFields } = metadataOf(config)
  if (Array.isArray(managedFields) && managedFields.length > 0) throw badRequest('metadata.managedFields must be nil')
  const errors = typeErrors(kind.schema, config)
  if (errors.length === 0) return
  const list = errors.length === 1 ? errors[0] : ['errors:', ...errors.map((error) => `  ${error}`)].join('\n')
  throw new StatusError(500, '', `failed to create typed patch object (${subjectOf(config)}): ${list}`)
}

function metadataOf({ metadata }: JsonObject): JsonObject {
  return isJsonObject(metadata) ? metadata : {}
}

/** `apps/v1, Kind=Deployment`. */
function typeText({ apiVersion, kind }: JsonObject): string {
  const version = typeof apiVersion === 'string' && apiVersion !== '' ? apiVersion : '/'
  return `${version.includes('/') ? version : `/${version}`}, Kind=${typeof kind === 'string' ? kind : ''}`
}

function subjectOf(config: JsonObject): string {
  const { namespace, name } = metadataOf(config)
  return `${typeof namespace === 'string' ? namespace : ''}/${typeof name === 'string' ? name : ''}; ${typeText(config)}`
}

function decodedState(kind: Kind, config: JsonObject, value: unknown): KubeObject {
  return convertible(config, () => defaulted(kind, decodeUnstructured<KubeObject>(kind.schema, value)))
}

/** What cannot be decoded, here or for an owner of another version, is told as upstream does. */
function convertible<T>(config: JsonObject, act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof DecodingError)) throw error
    const [subject, type] = [subjectOf(config), typeText(config)]
    const why = `unable to convert unstructured object to ${type}: ${error.message}`
    throw new StatusError(500, '', `failed to convert new object (${subject}) to proper version: ${why}`, undefined, error)
  }
}

/** An apply that creates may name a revision, which counts for nothing, but not the object that it means. */
function checkedNew(kind: Kind, { info }: Exchange, object: KubeObject): KubeObject {
  const { uid = '' } = object.metadata
  if (uid === '') return withMeta(object, { resourceVersion: undefined })
  const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`
  throw conflict(resourceNameOf(kind), info.name, why)
}

/** A configuration that has come, and is read where it must be. `text` is undefined for what came in no text. */
type SentConfig = { readonly text: string | undefined; readonly read: () => AppliedConfig }

export async function readConfig(request: IncomingRequest): Promise<AppliedConfig> {
  return (await sentConfig(request)).read()
}

async function sentConfig(request: IncomingRequest): Promise<SentConfig> {
  const { object } = request
  if (object !== undefined) return { text: undefined, read: () => ({ value: configOf(object), faults: [] }) }
  if (parseMediaType(request.headers['content-type'] ?? '').type === applyCborType) {
    const bytes = await readBytes(request)
    return { text: undefined, read: () => cborConfig(bytes) }
  }
  const text = await readText(request)
  return { text, read: () => yamlConfig(text) }
}

function yamlConfig(text: string): AppliedConfig {
  try {
    const { value, faults } = readYaml(text)
    return { value: configOf(value), faults }
  } catch (error) {
    if (error instanceof YamlError) throw badRequest(`error decoding YAML: error converting YAML to JSON: yaml: ${goFaultOf(text)}`, error)
    throw error
  }
}

/** A configuration in CBOR; the words are upstream's. */
export const applyCborType = 'application/apply-patch+cbor'

function cborConfig(bytes: Uint8Array): AppliedConfig {
  try {
    return { value: configOf(decodeCbor(bytes)), faults: [] }
  } catch (error) {
    if (error instanceof CborError) throw badRequest(`error decoding YAML: ${error.message}`, error)
    throw error
  }
}

function configOf(value: unknown): JsonObject {
  if (value === null || value === undefined) return {}
  if (isJsonObject(value)) return value
  const sort = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  const why = `json: cannot unmarshal ${sort} into Go value of type map[string]interface {}`
  throw badRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: ${why}`)
}

export function reportFaults(exchange: Exchange, { faults }: AppliedConfig, { fieldValidation }: WriteOptions): void {
  if (faults.length === 0 || fieldValidation === 'Ignore') return
  if (fieldValidation === 'Strict') {
    const list = faults.map((fault) => `\n  ${fault}`).join('')
    throw badRequest(`error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:${list}`)
  }
  for (const fault of faults) if (!exchange.warnings.includes(fault)) exchange.warnings.push(fault)
}
