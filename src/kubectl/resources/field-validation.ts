/** `--validate`: what the server does about fields that it does not know. */
import { type Flag, stringFlag } from '#component/flags'
import { CommandError } from '../errors.ts'

export const validationFlag: Flag<string> = {
  ...stringFlag('strict', 'Unknown or repeated fields: strict (refuse), warn or ignore.'),
  bareValue: 'strict',
}

/** The query parameter. */
export function validationOf(text: string): 'Strict' | 'Warn' | 'Ignore' {
  switch (text.toLowerCase()) {
    case 'true':
    case 'strict':
      return 'Strict'
    case 'warn':
      return 'Warn'
    case 'false':
    case 'ignore':
      return 'Ignore'
    default:
      throw new CommandError(`invalid - validate option ${JSON.stringify(text)}; must be one of: strict (or true), warn, ignore (or false)`)
  }
}
