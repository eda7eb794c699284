/** `-o`: from the name of a format to a function that prints objects. */
import { readFile } from 'node:fs/promises'
import { formatYaml } from '#base/encoding/yaml'
import { boolFlag, type Flag, stringFlag } from '#component/flags'
import { CommandError } from '../errors.ts'
import { type ApiResource, nameOfKind } from '../resources/resource-catalog.ts'
import type { AnyObject } from '../resources/unstructured.ts'
import { customColumns, customColumnsOfFile } from './custom-columns.ts'
import { goSyntax } from './go-syntax.ts'
import { parseGoTemplate } from './go-template.ts'
import { formatJson } from './json.ts'
import { evaluate, findValues, parseTemplate } from './jsonpath.ts'
import { formatKyaml } from './kyaml.ts'
import { inTypedOrder } from './metadata-order.ts'

export const formatFlags = {
  'allow-missing-template-keys': boolFlag(true, 'A field that a template names and an object lacks is no error.'),
  output: stringFlag('', 'How to print: json, yaml, name, go-template, go-template-file, jsonpath, jsonpath-as-json, jsonpath-file.', {
    shorthand: 'o',
  }),
  'show-managed-fields': boolFlag(false, 'Keep managedFields in JSON and YAML.'),
  template: stringFlag('', 'Template of -o go-template and jsonpath.'),
} satisfies Readonly<Record<string, Flag>>

export type FormatValues = {
  readonly output: string
  readonly template: string
  readonly 'show-managed-fields': boolean
  readonly 'allow-missing-template-keys': boolean
  readonly 'no-headers'?: boolean
}

/** `resource` is undefined for a list of several objects. */
export type Printed = {
  readonly object: AnyObject
  readonly resource?: ApiResource | undefined
  readonly items?: readonly { readonly object: AnyObject; readonly resource: ApiResource }[]
  /** JSON with the object's own order of keys. */
  readonly keepsOrder?: boolean
}
/** One after the other, as upstream's printers: YAML puts `---` between documents. */
export type Printer = (printed: Printed) => string

/** Names of formats as the error message lists them. */
const templateFormats = [
  'go-template',
  'go-template-file',
  'jsonpath',
  'jsonpath-as-json',
  'jsonpath-file',
  'template',
  'templatefile',
] as const

/** Undefined where `-o` was not given or means a table. Throws a CommandError for a format that there is not. */
export async function printerOf(values: FormatValues, allowed: readonly string[] = []): Promise<Printer | undefined> {
  const output = values.output === '' && values.template !== '' ? 'go-template' : values.output
  const equals = output.indexOf('=')
  const [format, given] = equals < 0 ? [output, values.template] : [output.slice(0, equals), output.slice(equals + 1)]
  switch (format) {
    case '':
    case 'wide':
      if (format === 'wide' && !allowed.includes('wide')) break
      return undefined
    case 'json':
      return withoutManagedFields(values, ({ object, keepsOrder }) => formatJson(keepsOrder ? inTypedOrder(object) : object, keepsOrder))
    case 'kyaml':
      return withoutManagedFields(values, ({ object, keepsOrder }) => formatKyaml(keepsOrder ? inTypedOrder(object) : object, keepsOrder))
    case 'yaml':
      return yamlPrinter(values)
    case 'name':
      return namePrinter
    case 'jsonpath':
    case 'jsonpath-file':
    case 'jsonpath-as-json':
      // As upstream: templates see managed fields.
      return jsonPathPrinter(format, await argumentOf(format, given), values)
    case 'go-template':
    case 'template':
    case 'go-template-file':
    case 'templatefile': {
      const template = parseGoTemplate(await argumentOf(format, given))
      return ({ object }) => template(object)
    }
    case 'custom-columns':
    case 'custom-columns-file':
      if (!allowed.includes('custom-columns')) break
      return columnsPrinter(format, given, values['no-headers'] === true)
  }
  const formats = [
    'json',
    'kyaml',
    'name',
    'yaml',
    ...templateFormats,
    ...(allowed.includes('wide') ? ['custom-columns', 'custom-columns-file', 'wide'] : []),
  ].toSorted()
  throw new CommandError(
    `unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: ${formats.join(',')}`,
  )
}

async function argumentOf(format: string, given: string): Promise<string> {
  const what = format.startsWith('jsonpath') ? 'jsonpath' : 'go-template'
  if (given === '') throw new CommandError(`template format specified but no template given`)
  if (!format.endsWith('file')) return given
  return await readFile(given, 'utf8').catch((error: unknown) => {
    throw new CommandError(`error reading --template ${given}, ${String(error)} (${what})`)
  })
}

function jsonPathPrinter(format: string, source: string, values: FormatValues): Printer {
  const template = parseTemplate(source)
  const allowsMissing = values['allow-missing-template-keys']
  if (format === 'jsonpath-as-json') return ({ object }) => formatJson(findValues(template, object, allowsMissing))
  return ({ object }) => {
    try {
      return evaluate(template, object, allowsMissing)
    } catch (error) {
      throw new CommandError(
        `error executing jsonpath ${JSON.stringify(source)}: Error executing template: ${error instanceof Error ? error.message : String(error)}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${source}\n\tobject given to jsonpath engine was:\n\t\t${goSyntax(object)}\n\n\n`,
      )
    }
  }
}

async function columnsPrinter(format: string, given: string, noHeaders: boolean): Promise<Printer> {
  if (given === '') throw new CommandError(`custom-columns format specified but no custom columns given`)
  const table =
    format === 'custom-columns' ? customColumns(given, noHeaders) : customColumnsOfFile(await readFile(given, 'utf8'), noHeaders)
  return ({ object, items }) => table(items?.map((item) => item.object) ?? [object])
}

const namePrinter: Printer = ({ object, resource, items }) => {
  const all = items ?? (resource === undefined ? [] : [{ object, resource }])
  return all.map((item) => `${nameOfKind(item.object, item.resource)}\n`).join('')
}

function yamlPrinter(values: FormatValues): Printer {
  let isFirst = true
  return withoutManagedFields(values, ({ object }) => {
    const separator = isFirst ? '' : '---\n'
    isFirst = false
    return separator + formatYaml(object)
  })
}

function withoutManagedFields(values: FormatValues, print: Printer): Printer {
  if (values['show-managed-fields']) return print
  return (printed) => print({ ...printed, object: cleaned(printed.object) })
}

function cleaned(object: AnyObject): AnyObject {
  const items = object['items']
  if (Array.isArray(items)) return { ...object, items: items.map((item: AnyObject) => cleaned(item)) }
  if (object.metadata?.managedFields === undefined) return object
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}
