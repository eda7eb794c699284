/** Joins the client package's models with our overlay into definitions that the writers turn into code. */
import { posix } from 'node:path'
import type { ModelField, Models } from './models.ts'
import type { Facts, OverlayDefinition, OverlayField, OverlayPackage } from './overlay.ts'

export type Leaf =
  | 'anything'
  | 'fieldsV1'
  | 'json'
  | 'jsonSchemaOrArray'
  | 'jsonSchemaOrBool'
  | 'jsonSchemaOrStringArray'
  | 'string'
  | 'bytes'
  | 'time'
  | 'microTime'
  | 'quantity'
  | 'intOrString'
  | 'boolean'
  | 'int32'
  | 'int64'
  | 'double'

export type Shape =
  | { readonly sort: 'leaf'; readonly leaf: Leaf }
  | { readonly sort: 'ref'; readonly to: Definition }
  | { readonly sort: 'array'; readonly of: Shape }
  | { readonly sort: 'map'; readonly of: Shape }

export type Field = { readonly name: string; readonly shape: Shape; readonly isRequired: boolean; readonly facts: Facts }

export type Definition = {
  readonly name: string
  readonly package: Package
  readonly facts: Facts
  /** Computed late, since definitions refer to each other. */
  readonly fields: () => readonly Field[]
}

export type Package = {
  /** `io.k8s.api.core.v1` */
  readonly name: string
  /** `apps/v1`; undefined for what belongs to no group. */
  readonly apiVersion: string | undefined
  /** Folder and file of the output below `src`, without kind of content: `kinds/core`, and `v1beta1` where it is not the preferred version. */
  readonly folder: string
  readonly versionInName: string | undefined
  readonly definitions: Definition[]
}

export function join(overlay: readonly OverlayPackage[], models: Models): readonly Package[] {
  const byClass = new Map<string, Definition>()
  const packages = overlay.map((source) => joinPackage(source, overlay, models, byClass))
  const unused = [...models.keys()].filter((name) => !byClass.has(name) && name !== 'IntOrString' && name !== 'V1MicroTime')
  if (unused.length > 0) throw new Error(`the overlay lacks ${unused.join(', ')}`)
  return packages
}

function joinPackage(source: OverlayPackage, all: readonly OverlayPackage[], models: Models, byClass: Map<string, Definition>): Package {
  const { group, version } = source
  const joined: Package = {
    name: source.name,
    apiVersion: group === undefined ? undefined : group === '' ? version : `${group}/${version}`,
    folder: group === undefined ? 'meta' : posix.join('kinds', folderOf(group)),
    versionInName: version === preferredVersion(group, all) ? undefined : version,
    definitions: [],
  }
  for (const definition of source.definitions) {
    const className = classNameOf(definition, source, models)
    const fields = withReferences(definition, className === undefined ? [] : (models.get(className) ?? []))
    const made: Definition = {
      name: definition.name,
      package: joined,
      facts: definition.facts,
      fields: () => joinFields(definition, fields, byClass),
    }
    joined.definitions.push(made)
    byClass.set(className ?? definition.name, made)
  }
  return joined
}

/** Empty definitions have no class; the overlay says where they belong. */
function withReferences({ fields }: OverlayDefinition, model: readonly ModelField[]): readonly ModelField[] {
  return model.map((field) => ({ ...field, type: fields.find(({ name }) => name === field.name)?.facts.ref ?? field.type }))
}

/** The generator of the client puts the group in front where a name is not unique. */
function classNameOf(definition: OverlayDefinition, source: OverlayPackage, models: Models): string | undefined {
  const versioned = capitalised(source.version) + definition.name
  const candidates = [
    definition.facts.class,
    source.group === undefined ? undefined : capitalised(folderOf(source.group)) + versioned,
    versioned,
  ]
  const found = candidates.find((name) => name !== undefined && models.has(name))
  if (found === undefined && definition.fields.length > 0) throw new Error(`no model for ${source.name}.${definition.name}`)
  return found
}

function joinFields(
  definition: OverlayDefinition,
  fields: readonly ModelField[],
  byClass: ReadonlyMap<string, Definition>,
): readonly Field[] {
  const order = definition.fields.map(({ name }) => name)
  const missing = fields.filter(({ name }) => !order.includes(name))
  if (missing.length > 0) throw new Error(`the overlay of ${definition.name} lacks ${missing.map(({ name }) => name).join(', ')}`)
  return definition.fields.map((known) =>
    joinField(
      definition.name,
      known,
      fields.find(({ name }) => name === known.name),
      byClass,
    ),
  )
}

function joinField(owner: string, known: OverlayField, model: ModelField | undefined, byClass: ReadonlyMap<string, Definition>): Field {
  if (model === undefined) throw new Error(`${owner}.${known.name} is in the overlay but not in the client package`)
  return {
    name: known.name,
    shape: shapeOf(model.type, model.format, known.facts, byClass),
    isRequired: model.isRequired,
    facts: known.facts,
  }
}

function shapeOf(type: string, format: string, facts: Facts, byClass: ReadonlyMap<string, Definition>): Shape {
  const items = /^Array<(.+)>$/.exec(type)?.[1]
  if (items !== undefined) return { sort: 'array', of: shapeOf(items, format, facts, byClass) }
  const values = /^\{ \[key: string\]: (.+); \}$/.exec(type)?.[1]
  if (values !== undefined) return { sort: 'map', of: shapeOf(values, format, facts, byClass) }
  const to = byClass.get(type)
  return to === undefined ? { sort: 'leaf', leaf: leafOf(type, format, facts) } : { sort: 'ref', to }
}

function leafOf(type: string, format: string, facts: Facts): Leaf {
  if ('quantity' in facts) return 'quantity'
  if (facts.raw !== undefined) return facts.raw === 'FieldsV1' ? 'fieldsV1' : 'anything'
  if (facts.json !== undefined) return jsonLeaves[facts.json] ?? 'json'
  const leaf = leaves[`${type} ${format}`.trim()]
  if (leaf === undefined) throw new Error(`unknown type ${type} of format ${format}`)
  return leaf
}

const jsonLeaves: Readonly<Record<string, Leaf>> = {
  JSONSchemaPropsOrArray: 'jsonSchemaOrArray',
  JSONSchemaPropsOrBool: 'jsonSchemaOrBool',
  JSONSchemaPropsOrStringArray: 'jsonSchemaOrStringArray',
}

const leaves: Readonly<Record<string, Leaf>> = {
  any: 'anything',
  string: 'string',
  'string byte': 'bytes',
  boolean: 'boolean',
  'number int32': 'int32',
  'number int64': 'int64',
  'number double': 'double',
  'Date date-time': 'time',
  'V1MicroTime date-time-micro': 'microTime',
  'IntOrString int-or-string': 'intOrString',
}

/** `rbac` of `rbac.authorization.k8s.io`. */
function folderOf(group: string): string {
  if (group === '') return 'core'
  return group === 'internal.apiserver.k8s.io' ? 'internalapiserver' : (group.split('.')[0] ?? group)
}

function preferredVersion(group: string | undefined, all: readonly OverlayPackage[]): string | undefined {
  const versions = all.filter((other) => other.group === group).map(({ version }) => version)
  return versions.sort((a, b) => versionRank(b) - versionRank(a))[0]
}

/** Orders versions as Kubernetes does: v2 > v1 > v1beta2 > v1beta1 > v1alpha1. */
function versionRank(version: string): number {
  const [, major = '0', stage, minor = '0'] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? []
  const stability = stage === undefined ? 2 : stage === 'beta' ? 1 : 0
  return stability * 1e6 + Number(major) * 1e3 + Number(minor)
}

function capitalised(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1)
}
