/** `clusters.my-cluster.server`: which value of a kubeconfig a property name means. */
import { CommandError } from '../errors.ts'
import { entryFields } from './fields.ts'
import type { EntryList } from './store.ts'

export type Property =
  | { readonly type: 'current-context' }
  | { readonly type: 'list'; readonly list: EntryList }
  | { readonly type: 'entry'; readonly list: EntryList; readonly name: string; readonly field: string | undefined }

/** Names of entries may hold dots: the longest name that leaves a known field wins. */
export function parseProperty(text: string): Property {
  if (text === 'current-context') return { type: 'current-context' }
  const [list = '', ...rest] = text.split('.')
  if (!isEntryList(list)) throw new CommandError(`unable to parse ${text} after [] at api.Config`)
  if (rest.length === 0) return { type: 'list', list }
  const field = rest.at(-1) ?? ''
  const hasField = rest.length > 1 && Object.hasOwn(entryFields[list], field)
  return { type: 'entry', list, name: (hasField ? rest.slice(0, -1) : rest).join('.'), field: hasField ? field : undefined }
}

function isEntryList(text: string): text is EntryList {
  return text === 'clusters' || text === 'users' || text === 'contexts'
}

/** The value that a text stands for in a field. Throws a CommandError where it stands for none. */
export function propertyValue(list: EntryList, field: string, text: string, isRawBytes: boolean): unknown {
  switch (entryFields[list][field]) {
    case 'switch':
      if (!/^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(text))
        throw new CommandError(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`)
      return /^(1|t)/i.test(text)
    case 'bytes':
      if (isRawBytes) return Buffer.from(text).toString('base64')
      if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0)
        throw new CommandError('error decoding base64 data: illegal base64 data')
      return text
    case 'text':
    case 'path':
      return text
    default:
      throw new CommandError(`${list}.${field} cannot be set by itself`)
  }
}
