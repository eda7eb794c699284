/** Paths inside of volumes, and modes of files (upstream: validateLocalNonReservedPath and its kin). */
import { type FieldErrors, type FieldPath, invalid } from '#meta/field-path'

/** A path that stays below where it starts. */
export function* validateDescendingPath(path: string, at: FieldPath): FieldErrors {
  if (path.startsWith('/')) yield invalid(at, path, 'must be a relative path')
  yield* validateNoBacksteps(path, at)
}

export function* validateNoBacksteps(path: string, at: FieldPath): FieldErrors {
  if (path.split('/').includes('..')) yield invalid(at, path, "must not contain '..'")
}

/** Names that begin with two dots are the kubelet's own. */
export function* validateUnreservedPath(path: string, at: FieldPath): FieldErrors {
  yield* validateDescendingPath(path, at)
  if (path.startsWith('..') && !path.startsWith('../')) yield invalid(at, path, "must not start with '..'")
}

export function* validateFileMode(mode: number | undefined, at: FieldPath): FieldErrors {
  if (mode !== undefined && (mode < 0 || mode > 0o777))
    yield invalid(at, mode, 'must be a number between 0 and 0777 (octal), both inclusive')
}
