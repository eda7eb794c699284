/** Where in an object something is wrong, and what: the errors that make up a 422 answer. */

/** A path such as `spec.containers[0].ports[1].name` or `data[key]`; immutable. */
export class FieldPath {
  readonly #text: string

  private constructor(text: string) {
    this.#text = text
  }

  static readonly root: FieldPath = new FieldPath('')

  static of(...names: readonly string[]): FieldPath {
    return names.reduce((path, name) => path.field(name), FieldPath.root)
  }

  field(name: string): FieldPath {
    return new FieldPath(this.#text === '' ? name : `${this.#text}.${name}`)
  }

  index(index: number): FieldPath {
    return new FieldPath(`${this.#text}[${index}]`)
  }

  key(key: string): FieldPath {
    return new FieldPath(`${this.#text}[${key}]`)
  }

  toString(): string {
    return this.#text === '' ? '<nil>' : this.#text
  }
}

/** As upstream's `field.ErrorType`: the `reason` of a cause in a Status. */
export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'InternalError'
  | 'FieldValueTypeInvalid'

export type FieldError = { readonly type: FieldErrorType; readonly path: string; readonly message: string }

/** What a validation yields, in the order in which a client shall read it. */
export type FieldErrors = Generator<FieldError, void, undefined>

export function required(at: FieldPath, detail = ''): FieldError {
  return fieldError('FieldValueRequired', at, detail === '' ? 'Required value' : `Required value: ${detail}`)
}

export function invalid(at: FieldPath, value: unknown, detail: string): FieldError {
  return fieldError('FieldValueInvalid', at, `Invalid value: ${shown(value)}${detail === '' ? '' : `: ${detail}`}`)
}

/** Several fields that do not go together: there is no one value to show. */
export function invalidTogether(at: FieldPath, detail: string): FieldError {
  return fieldError('FieldValueInvalid', at, `Invalid value: ${detail}`)
}

export function duplicate(at: FieldPath, value: unknown, detail = ''): FieldError {
  return fieldError('FieldValueDuplicate', at, `Duplicate value: ${shown(value)}${detail === '' ? '' : `: ${detail}`}`)
}

export function notFoundValue(at: FieldPath, value: unknown, detail = ''): FieldError {
  return fieldError('FieldValueNotFound', at, `Not found: ${shown(value)}${detail === '' ? '' : `: ${detail}`}`)
}

export function notSupported(at: FieldPath, value: unknown, supported: readonly string[]): FieldError {
  const list = supported.length === 0 ? '' : `: supported values: ${supported.map((one) => JSON.stringify(one)).join(', ')}`
  return fieldError('FieldValueNotSupported', at, `Unsupported value: ${shown(value)}${list}`)
}

export function forbiddenField(at: FieldPath, detail: string): FieldError {
  return fieldError('FieldValueForbidden', at, `Forbidden: ${detail}`)
}

export function tooLong(at: FieldPath, bytesMax: number): FieldError {
  return fieldError('FieldValueTooLong', at, `Too long: may not be more than ${bytesMax} bytes`)
}

export function tooMany(at: FieldPath, count: number, countMax: number): FieldError {
  return fieldError('FieldValueTooMany', at, `Too many: ${count}: must have at most ${countMax} items`)
}

const immutableMessage = 'field is immutable'

/** Yields an error when `value` differs from `old`. */
export function* immutable(at: FieldPath, value: unknown, old: unknown): FieldErrors {
  if (JSON.stringify(value) !== JSON.stringify(old)) yield invalid(at, value, immutableMessage)
}

function fieldError(type: FieldErrorType, at: FieldPath, message: string): FieldError {
  return { type, path: at.toString(), message }
}

/** A value as upstream prints it in an error: quoted strings, bare numbers, JSON for the rest. */
function shown(value: unknown): string {
  return value === undefined || value === null ? 'null' : JSON.stringify(value)
}
