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

/** `kind` names the options in a 422: CreateOptions, UpdateOptions. */
export function writeOptionsOf(query: URLSearchParams, kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions'): WriteOptions {
  return query.size === 0 ? plainOptions : checkedOptions(query, kind, noErrors)
}

/** The options of a patch; only an apply may be forced, and it has to say who applies. */
export function patchOptionsOf(query: URLSearchParams, isApply: boolean): WriteOptions {
  return checkedOptions(query, 'PatchOptions', isApply ? applyErrors : forceErrors)
}

type OptionErrors = (options: Pick<WriteOptions, 'fieldManager' | 'force'>) => Iterable<FieldError>

function checkedOptions(query: URLSearchParams, kind: string, errorsOf: OptionErrors): WriteOptions {
  const dryRun = query.getAll('dryRun').filter((value) => value !== '')
  const fieldManager = query.get('fieldManager') ?? ''
  const validation = query.get('fieldValidation') ?? ''
  const forceText = query.get('force')
  const force = forceText === null ? undefined : forceText !== 'false' && forceText !== '0'
  const errors = [
    ...errorsOf({ fieldManager, force }),
    ...dryRunErrors(dryRun),
    ...managerErrors(fieldManager),
    ...validationErrors(validation),
  ]
  if (errors.length > 0) throw invalidObject({ group: 'meta.k8s.io', kind }, '', errors)
  return { isDryRun: dryRun.length > 0, fieldManager, fieldValidation: isFieldValidation(validation) ? validation : 'Warn', force }
}

function noErrors(): readonly FieldError[] {
  return []
}

function* applyErrors({ fieldManager }: { readonly fieldManager: string }): Generator<FieldError> {
  if (fieldManager === '') yield required(FieldPath.of('fieldManager'), 'is required for apply patch')
}

function* forceErrors({ force }: { readonly force: boolean | undefined }): Generator<FieldError> {
  if (force !== undefined)
    yield { type: 'FieldValueForbidden', path: 'force', message: 'Forbidden: may not be specified for non-apply patch' }
}

/** Checks the values of a `dryRun` option. */
export function* dryRunErrors(values: readonly string[]): Generator<FieldError> {
  if (values.some((value) => value !== 'All')) yield notSupported(FieldPath.of('dryRun'), values, ['All'])
}

/** Who writes: as named, or by the user agent's first word as upstream has it. */
export function managerOf({ fieldManager }: WriteOptions, userAgent: string | undefined): string {
  if (fieldManager !== '') return fieldManager
  const product = (userAgent ?? '').split('/')[0] ?? ''
  return product.replaceAll(unprintable, '').slice(0, managerLengthMax) || 'unknown'
}

const unprintable = /[^\p{L}\p{N}\p{P}\p{S}\p{M} ]/gu
const managerLengthMax = 128

function* managerErrors(manager: string): Generator<FieldError> {
  const at = FieldPath.of('fieldManager')
  if (manager.length > managerLengthMax)
    yield { type: 'FieldValueTooLong', path: at.toString(), message: `Too long: may not be more than ${managerLengthMax} bytes` }
  const bad = unprintable[Symbol.matchAll](manager).next().value
  if (bad !== undefined) yield invalid(at, manager, `invalid character U+${codePoint(bad[0])} (at position ${bad.index})`)
}

function codePoint(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
}

function* validationErrors(value: string): Generator<FieldError> {
  if (value !== '' && !isFieldValidation(value))
    yield notSupported(FieldPath.of('fieldValidation'), value, ['', 'Ignore', 'Strict', 'Warn'])
}

function isFieldValidation(value: string): value is FieldValidation {
  return value === 'Ignore' || value === 'Warn' || value === 'Strict'
}
