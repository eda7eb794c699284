/** The flags about logging that every daemon has. */
import { choiceFlag, type FlagValues, intFlag } from './flags.ts'

export const logFlags = {
  v: intFlag(0, 'How much to log: 4 and above adds details for debugging.', { shorthand: 'v' }),
  'logging-format': choiceFlag(['text', 'json'], 'text', 'The form of log lines: "text" or "json".'),
}

export type LogFlags = FlagValues<typeof logFlags>
