/** Reads names, types, formats and required fields of API types from the client package's models. */
import { readFileSync } from 'node:fs'

export type ModelField = { readonly name: string; readonly type: string; readonly format: string; readonly isRequired: boolean }
/** Class name -> fields. */
export type Models = ReadonlyMap<string, readonly ModelField[]>

type Attribute = { readonly name: string; readonly baseName: string; readonly type: string; readonly format: string }
type ModelClass = { readonly attributeTypeMap?: readonly Attribute[] }

export async function readModels(): Promise<Models> {
  const folder = new URL('./gen/models/', import.meta.resolve('@kubernetes/client-node'))
  const classes: Record<string, ModelClass> = await import(new URL('all.js', folder).href)
  return new Map(Object.entries(classes).map(([name, model]) => [name, fieldsOf(model, declaration(folder, name))]))
}

function declaration(folder: URL, className: string): string {
  return readFileSync(new URL(`${className}.d.ts`, folder), 'utf8')
}

function fieldsOf(model: ModelClass, declared: string): readonly ModelField[] {
  return (model.attributeTypeMap ?? []).map(({ name, baseName, type, format }) => ({
    name: baseName,
    type,
    format,
    isRequired: declared.includes(`    '${name}': `),
  }))
}
