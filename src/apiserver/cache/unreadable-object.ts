/** What lies in the store and does not decode: answered as upstream does, naming the key, so that somebody can repair or delete it. */
import type { Kind } from '#meta/kind'
import { StatusError } from '#meta/status'
import type { CacheEntry } from './cache-entry.ts'

export class UnreadableObject extends StatusError {
  constructor(key: string, revision: number, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const detail = `object not decodable revision=${revision}: ${why}`
    const message = `StorageError: corrupt object, Code: 7, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${detail}`
    super(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] }, cause)
  }
}

/** How many keys an answer names. */
const namedMax = 100

/** The answer to a list with such objects in it. */
export function unreadableList(kind: Kind, entries: readonly CacheEntry[]): StatusError {
  const causes = entries.flatMap((entry) => {
    const problem = entry.unreadable()
    return problem === undefined ? [] : [{ reason: 'UnexpectedServerResponse', field: entry.key, message: problem.message }]
  })
  const resource = kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`
  return new StatusError(500, 'StorageReadError', `failed to read one or more ${resource} from the storage`, {
    group: kind.group,
    kind: kind.plural,
    name: kind.storePrefix.replace(/\/$/, ''),
    causes: causes.length > namedMax ? [...causes.slice(0, namedMax), tooMany] : causes,
  })
}

const tooMany = { reason: 'FieldValueTooMany', message: 'too many errors, the list is truncated' }
