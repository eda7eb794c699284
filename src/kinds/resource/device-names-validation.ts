/** How drivers, pools, devices and their attributes are named, and lists with limits. */
import { duplicate, type FieldErrors, type FieldPath, invalid, required, tooLong, tooMany } from '#meta/field-path'
import { isCIdentifier, isDns1123Label, isDns1123Subdomain } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'

const driverBytesMax = 63
const poolBytesMax = 253
const domainBytesMax = 63
const idBytesMax = 32

export function* validateDriverName(name: string, at: FieldPath): FieldErrors {
  if (name === '') yield required(at)
  else yield* validateDomain(name, driverBytesMax, at)
}

function* validateDomain(name: string, bytesMax: number, at: FieldPath): FieldErrors {
  if (name.length > bytesMax) yield tooLong(at, bytesMax)
  yield* invalidEach(at, name, isDns1123Subdomain(name.toLowerCase()))
}

/** Subdomains with slashes between them. */
export function* validatePoolName(name: string, at: FieldPath): FieldErrors {
  if (name === '') return yield required(at)
  if (name.length > poolBytesMax) yield tooLong(at, poolBytesMax)
  for (const part of name.split('/')) yield* invalidEach(at, part, isDns1123Subdomain(part))
}

export function* validateDeviceName(name: string, at: FieldPath): FieldErrors {
  yield* invalidEach(at, name, isDns1123Label(name))
}

/** An attribute or a capacity: an identifier, with a domain before a slash where it is not the driver's own. */
export function* validateAttributeName(name: string, at: FieldPath): FieldErrors {
  const parts = name.split('/')
  const [domain = '', id = ''] = parts.length === 1 ? ['', ...parts] : parts
  // As upstream, which lets more than one slash pass.
  if (parts.length > 2) return
  if (parts.length === 2 && domain === '') yield invalid(at, '', 'the domain must not be empty')
  else if (parts.length === 2) yield* validateDomain(domain, domainBytesMax, at)
  if (parts.length === 2 && id === '') yield invalid(at, '', 'the name must not be empty')
  else yield* validateId(id, at)
}

export function* validateFullAttributeName(name: string, at: FieldPath): FieldErrors {
  yield* validateAttributeName(name, at)
  if (!name.includes('/')) yield invalid(at, name, 'a fully qualified name must be a domain and a name separated by a slash')
}

function* validateId(id: string, at: FieldPath): FieldErrors {
  if (id.length > idBytesMax) yield tooLong(at, idBytesMax)
  yield* invalidEach(at, id, isCIdentifier(id))
}

export type ListRules<T> = {
  readonly countMax: number
  readonly validate: (item: T, at: FieldPath) => FieldErrors
  /** What no two may have in common. */
  readonly key?: (item: T) => string
  /** What an error shows of an item that is there twice; its key unless told otherwise. */
  readonly shown?: (item: T) => unknown
}

export function* validateList<T>(
  items: readonly T[] = [],
  { countMax, validate, key, shown = key }: ListRules<T>,
  at: FieldPath,
): FieldErrors {
  // As upstream: of a list that is too long nothing else is told.
  if (items.length > countMax) return yield tooMany(at, items.length, countMax)
  for (const [index, item] of items.entries()) yield* validate(item, at.index(index))
  if (key === undefined) return
  const keys = new Set<string>()
  for (const [index, item] of items.entries()) {
    if (keys.has(key(item))) yield duplicate(at.index(index), shown?.(item))
    keys.add(key(item))
  }
}
