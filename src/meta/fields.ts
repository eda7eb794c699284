/** Field selectors: `status.phase=Running,metadata.name!=a`. Which fields a kind knows is the kind's own matter. */

export type FieldRequirement = { readonly field: string; readonly operator: '=' | '!='; readonly value: string }

/** All requirements have to hold; an empty list matches everything. */
export type FieldSelector = readonly FieldRequirement[]

/** A selector that cannot be read; the message is what the client gets. */
export class FieldSelectorError extends Error {
  override readonly name = 'FieldSelectorError'
}

export function parseFieldSelector(text: string): FieldSelector {
  return splitTerms(text)
    .filter((term) => term !== '')
    .map((term) => parseTerm(term, text))
}

/** `valueOf` answers the value of a field, '' where it has none. */
export function matchesFields(selector: FieldSelector, valueOf: (field: string) => string): boolean {
  return selector.every(({ field, operator, value }) => (valueOf(field) === value) === (operator === '='))
}

export function formatFieldSelector(selector: FieldSelector): string {
  return selector.map(({ field, operator, value }) => `${field}${operator}${escapeValue(value)}`).join(',')
}

/** The value that `field` has to have, if the selector says so. */
export function requiredFieldValue(selector: FieldSelector, field: string): string | undefined {
  return selector.find((one) => one.field === field && one.operator === '=')?.value
}

function parseTerm(term: string, selector: string): FieldRequirement {
  const parts = /^((?:\\[^]|[^=!\\]|!(?!=))*)(!=|==|=)([^]*)$/.exec(term)
  if (parts === null) throw new FieldSelectorError(`invalid selector: '${selector}'; can't understand '${term}'`)
  const [, field = '', operator, value = ''] = parts
  return { field, operator: operator === '!=' ? '!=' : '=', value: unescapeValue(value) }
}

/** Splits at commas that no backslash stands before. */
function splitTerms(text: string): readonly string[] {
  return text.match(/(?:\\[^]|[^,\\])+|\\$/g) ?? []
}

function escapeValue(value: string): string {
  return value.replace(/[\\,=]/g, (character) => `\\${character}`)
}

function unescapeValue(value: string): string {
  return value.replace(/\\?[^]/g, (piece) => {
    if (piece === ',' || piece === '=') throw new FieldSelectorError(`invalid field selector: unescaped character in value: ${piece}`)
    if (!piece.startsWith('\\')) return piece
    const escaped = piece.slice(1)
    if (!'\\,='.includes(escaped) || escaped === '')
      throw new FieldSelectorError(`invalid field selector: invalid escape sequence: ${piece}`)
    return escaped
  })
}
