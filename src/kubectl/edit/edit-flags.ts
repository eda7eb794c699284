/** `-o` of the commands that open an editor. */
import { CommandError } from '../errors.ts'
import type { DocumentFormat } from './edit-document.ts'

export function formatOf(output: string): DocumentFormat {
  if (output === '' || output === 'yaml') return 'yaml'
  if (output === 'json') return 'json'
  throw new CommandError(`The flag 'output' must be one of yaml|json, not ${JSON.stringify(output)}`)
}
