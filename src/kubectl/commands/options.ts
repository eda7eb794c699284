/** `kubectl options`: the flags that every command takes. */
import { defineCommand } from '../command.ts'
import { globalFlags } from '../global-flags.ts'
import { optionText } from '../help.ts'

export const options = defineCommand({
  name: 'options',
  summary: 'Print the list of flags inherited by all commands',
  usage: '',
  flags: {},
  async run({ out }) {
    const texts = Object.entries(globalFlags).map(([name, flag]) => optionText(name, flag))
    out(`The following options can be passed to any command:\n\n${texts.join('\n')}`)
  },
})
