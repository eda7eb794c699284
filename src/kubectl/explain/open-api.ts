/** The schemas that a server publishes as OpenAPI v3, as far as `explain` needs them. */

export type OpenApiSchema = {
  readonly $ref?: string
  readonly type?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, OpenApiSchema>>
  readonly required?: readonly string[]
  readonly items?: OpenApiSchema
  readonly additionalProperties?: OpenApiSchema | boolean
  readonly allOf?: readonly OpenApiSchema[]
  readonly oneOf?: readonly OpenApiSchema[]
  readonly anyOf?: readonly OpenApiSchema[]
  readonly enum?: readonly unknown[]
  readonly 'x-kubernetes-group-version-kind'?: readonly { readonly group: string; readonly version: string; readonly kind: string }[]
}

export type OpenApiDocument = { readonly components?: { readonly schemas?: Readonly<Record<string, OpenApiSchema>> } }

type GroupVersionKind = { readonly group: string; readonly version: string; readonly kind: string }

/** The schema of a kind's objects. */
export function schemaOfKind({ components }: OpenApiDocument, { group, version, kind }: GroupVersionKind): OpenApiSchema | undefined {
  return Object.values(components?.schemas ?? {}).find((schema) =>
    schema['x-kubernetes-group-version-kind']?.some((one) => one.group === group && one.version === version && one.kind === kind),
  )
}

/** What a `$ref` stands for; other schemas stand for themselves. */
export function resolved({ components }: OpenApiDocument, schema: OpenApiSchema): OpenApiSchema {
  if (schema.$ref === undefined) return schema
  return components?.schemas?.[refName(schema.$ref)] ?? {}
}

export function refName(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1)
}

/** The values of a map. */
export function valueSchema({ additionalProperties }: OpenApiSchema): OpenApiSchema | undefined {
  return typeof additionalProperties === 'object' ? additionalProperties : undefined
}
