/** The query of a write: dry run, field manager, and what to do with fields that are not known. */
import { type FieldError, FieldPath, invalid, notSupported, required } from '#meta/field-path'
import { invalidObject } from '#meta/status'

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict'

export type WriteOptions = {
  readonly isDryRun: boolean
  /** '' if the client named none. */
  readonly fieldManager: string
  readonly fieldValidation: FieldValidation
  /** Of server-side apply. */
  readonly force: boolean | undefined
}

const plainOptions: WriteOptions = { isDryRun: false, fieldManager: '', fieldValidation: 'Warn', force: undefined }

/** `kind` names the options in a 422: CreateOptions, UpdateOptions, PatchOptions. */
export function writeOptionsOf(query: URLSearchParams, kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions'): WriteOptions {
  if (query.size === 0) return plainOptions
  const dryRun = query.getAll('dryRun').filter((value) => value !== '')
  const fieldManager = query.get('fieldManager') ?? ''
  const validation = query.get('fieldValidation') ?? ''
  const force = query.get('force')
  const errors = [...dryRunErrors(dryRun), ...managerErrors(fieldManager), ...validationErrors(validation)]
  if (errors.length > 0) throw invalidObject({ group: 'meta.k8s.io', kind }, '', errors)
  const fieldValidation = isFieldValidation(validation) ? validation : 'Warn'
  return {
    isDryRun: dryRun.length > 0,
    fieldManager,
    fieldValidation,
    force: force === null ? undefined : force !== 'false' && force !== '0',
  }
}

/** Checks the values of a `dryRun` option. */
export function* dryRunErrors(values: readonly string[]): Generator<FieldError> {
  if (values.some((value) => value !== 'All')) yield notSupported(FieldPath.of('dryRun'), values, ['All'])
}

/** Who writes: as named, or by the user agent's first word as upstream has it. */
function managerOf(options: WriteOptions, userAgent: string | undefined): string {
  if (options.fieldManager !== '') return options.fieldManager
  return (userAgent ?? '').split('/')[0]?.slice(0, managerLengthMax) || 'unknown'
}

const managerLengthMax = 128

function* managerErrors(manager: string): Generator<FieldError> {
  const at = FieldPath.of('fieldManager')
  if (manager.length > managerLengthMax)
    yield { type: 'FieldValueTooLong', path: at.toString(), message: `Too long: may not be more than ${managerLengthMax} bytes` }
  const bad = [...manager].findIndex((character) => !/[\p{L}\p{N}\p{P}\p{S}\p{M} ]/u.test(character))
  if (bad >= 0) yield invalid(at, manager, 'should only contain printable characters')
}

/** Server-side apply must say who applies. */
function requiredManager(): FieldError {
  return required(FieldPath.of('fieldManager'), 'is required for apply patch')
}

function* validationErrors(value: string): Generator<FieldError> {
  if (value !== '' && !isFieldValidation(value))
    yield notSupported(FieldPath.of('fieldValidation'), value, ['', 'Ignore', 'Strict', 'Warn'])
}

function isFieldValidation(value: string): value is FieldValidation {
  return value === 'Ignore' || value === 'Warn' || value === 'Strict'
}
