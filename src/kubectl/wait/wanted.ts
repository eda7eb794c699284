/** What `kubectl wait --for` can wait for. */
import { CommandError } from '../errors.ts'
import { findValues, type JsonPathTemplate, parseTemplate, relaxedPath } from '../print/jsonpath.ts'
import { type AnyObject, fieldsOf, listOf, textOf, valueAt } from '../resources/unstructured.ts'

export type Wanted =
  | { readonly type: 'delete' }
  | { readonly type: 'create' }
  | { readonly type: 'state'; readonly isMet: (object: AnyObject) => boolean }

export function parseWanted(text: string): Wanted {
  const lower = text.toLowerCase()
  if (lower === 'delete' || lower === 'create') return { type: lower }
  if (text.startsWith('condition=')) return { type: 'state', isMet: conditionRule(text.slice('condition='.length)) }
  if (text.startsWith('jsonpath=')) return { type: 'state', isMet: jsonPathRule(text.slice('jsonpath='.length)) }
  throw new CommandError(`unrecognized condition: ${JSON.stringify(text)}`)
}

/** `Ready` or `Ready=False`; a condition about an older generation does not count. */
function conditionRule(text: string): (object: AnyObject) => boolean {
  const equals = text.indexOf('=')
  const [name, status] = equals < 0 ? [text, 'true'] : [text.slice(0, equals), text.slice(equals + 1)]
  return (object) => {
    const condition = listOf(valueAt(object, 'status', 'conditions'))
      .map(fieldsOf)
      .find(({ type }) => textOf(type).toLowerCase() === name.toLowerCase())
    if (condition === undefined) return false
    const observed = condition['observedGeneration'] ?? valueAt(object, 'status', 'observedGeneration')
    if (typeof observed === 'number' && observed < (object.metadata.generation ?? 0)) return false
    return textOf(condition['status']).toLowerCase() === status.toLowerCase()
  }
}

const jsonPathHelp = "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'"

/** `{.status.phase}=Running`, or the path alone for any value. */
function jsonPathRule(text: string): (object: AnyObject) => boolean {
  const braced = /^(\{.*\})(?:=(.*))?$/s.exec(text)
  const [, path = '', value] = braced ?? /^([^=]*)(?:=(.*))?$/s.exec(text) ?? []
  if (path === '') throw new CommandError(jsonPathHelp)
  if (value === '') throw new CommandError('jsonpath wait has to have a value after equal sign')
  const template = parseTemplate(relaxedPath(path))
  return (object) => hasValue(template, object, value?.replace(/^['"]|['"]$/g, ''))
}

function hasValue(template: JsonPathTemplate, object: AnyObject, wanted: string | undefined): boolean {
  const found = findValues(template, object)
  if (found.length === 0) return false
  if (wanted === undefined) return true
  if (found.length > 1) throw new CommandError('given jsonpath expression matches more than one value')
  const [value] = found
  if (typeof value === 'object' && value !== null)
    throw new CommandError('jsonpath leads to a nested object or list which is not supported')
  return textOf(value) === wanted
}
