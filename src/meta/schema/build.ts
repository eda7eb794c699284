/**
 * The words that generated schema files are written in. Fields of an object are computed at first
 * use: importing a group costs next to nothing, and definitions may refer to themselves.
 */
import type { PatchStrategy, Schema } from './schema.ts'

const machinery = 'io.k8s.apimachinery.pkg'
const extensions = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1'

/** A value that is kept as it came. */
function opaque(definedAs: string): Schema {
  return { type: 'any', preserveUnknown: true, definedAs }
}

export const anything: Schema = opaque(`${machinery}.runtime.RawExtension`)
export const fieldsV1: Schema = opaque(`${machinery}.apis.meta.v1.FieldsV1`)
export const json: Schema = opaque(`${extensions}.JSON`)
export const jsonSchemaOrArray: Schema = opaque(`${extensions}.JSONSchemaPropsOrArray`)
export const jsonSchemaOrBool: Schema = opaque(`${extensions}.JSONSchemaPropsOrBool`)
export const jsonSchemaOrStringArray: Schema = opaque(`${extensions}.JSONSchemaPropsOrStringArray`)
export const string: Schema = { type: 'string' }
export const bytes: Schema = { type: 'string', format: 'byte' }
export const time: Schema = { type: 'string', format: 'date-time', definedAs: `${machinery}.apis.meta.v1.Time` }
export const microTime: Schema = { type: 'string', format: 'micro-time', definedAs: `${machinery}.apis.meta.v1.MicroTime` }
export const quantity: Schema = { type: 'string', format: 'quantity', definedAs: `${machinery}.api.resource.Quantity` }
export const intOrString: Schema = { type: 'string', format: 'int-or-string', definedAs: `${machinery}.util.intstr.IntOrString` }
export const boolean: Schema = { type: 'boolean' }
export const int32: Schema = { type: 'integer', format: 'int32' }
export const int64: Schema = { type: 'integer', format: 'int64' }
export const double: Schema = { type: 'number', format: 'double' }

/** A string that documents say to be one of these. */
export function oneOf(...values: readonly string[]): Schema {
  return { type: 'string', enum: values }
}

type Properties = { readonly [field: string]: Schema }
type ObjectFacts = Pick<
  Schema,
  'apiVersion' | 'required' | 'always' | 'writesNull' | 'keepsZero' | 'byValue' | 'zeros' | 'mapType' | 'members' | 'discriminator'
>
type FieldFacts = Pick<Schema, 'default' | 'listType' | 'listKeys' | 'mapType' | 'patchStrategy' | 'patchMergeKey'>

/** Starts the definitions of one OpenAPI package, such as `io.k8s.api.apps.v1`. */
export function definitionsOf(packageName: string): (name: string, properties: () => Properties, facts?: ObjectFacts) => Schema {
  return (name, properties, facts = {}) => new ObjectSchema(`${packageName}.${name}`, lazily(properties), facts)
}

/** A list; `listType` is atomic unless told otherwise. */
export function array(items: Schema, facts: FieldFacts = {}): Schema {
  return { type: 'array', items, ...facts }
}

export function map(values: Schema, facts: FieldFacts = {}): Schema {
  return { type: 'object', values, ...facts }
}

/** `schema` with facts that hold for one field only. */
export function field(schema: Schema, facts: FieldFacts): Schema {
  return schema instanceof ObjectSchema ? schema.with(facts) : { ...schema, ...facts }
}

class ObjectSchema implements Schema {
  readonly type = 'object'
  readonly name: string
  readonly apiVersion: string | undefined
  readonly required: readonly string[] | undefined
  readonly always: readonly string[] | undefined
  readonly writesNull: readonly string[] | undefined
  readonly keepsZero: readonly string[] | undefined
  readonly byValue: readonly string[] | undefined
  readonly zeros: readonly string[] | undefined
  readonly mapType: 'granular' | 'atomic' | undefined
  readonly members: readonly string[] | undefined
  readonly discriminator: string | undefined
  readonly patchStrategy: readonly PatchStrategy[] | undefined
  readonly default: unknown
  readonly definition: Schema | undefined
  readonly #properties: () => Properties

  constructor(name: string, properties: () => Properties, facts: ObjectFacts & FieldFacts, definition?: Schema) {
    this.name = name
    this.#properties = properties
    this.apiVersion = facts.apiVersion
    this.required = facts.required
    this.always = facts.always
    this.writesNull = facts.writesNull
    this.keepsZero = facts.keepsZero
    this.byValue = facts.byValue
    this.zeros = facts.zeros
    this.mapType = facts.mapType
    this.members = facts.members
    this.discriminator = facts.discriminator
    this.patchStrategy = facts.patchStrategy
    this.default = facts.default
    this.definition = definition
  }

  get properties(): Properties {
    return this.#properties()
  }

  with(facts: FieldFacts): Schema {
    return new ObjectSchema(this.name, this.#properties, { ...this, ...facts }, this)
  }
}

function lazily<T>(compute: () => T): () => T {
  let value: T | undefined
  return () => (value ??= compute())
}
