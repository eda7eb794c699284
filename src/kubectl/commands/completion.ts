/** `kubectl completion`. */
import { defineCommand } from '../command.ts'
import { bashScript } from '../completion/bash.ts'
import { CommandError, UsageError } from '../errors.ts'

export const completion = defineCommand({
  name: 'completion',
  summary: 'Output shell completion code for the specified shell (bash)',
  description: 'The code must be sourced by the shell, for instance in ~/.bashrc.',
  examples: [['For the shell at hand', 'source <(kubectl completion bash)']],
  usage: 'SHELL',
  flags: {},
  async run({ args, out }) {
    const [shell, ...more] = args
    if (shell === undefined) throw new UsageError('Shell not specified.')
    if (more.length > 0) throw new UsageError('Too many arguments. Expected only the shell type.')
    if (['zsh', 'fish', 'powershell'].includes(shell))
      throw new CommandError(`completion for ${shell} is not part of Navarch's kubectl: only bash is`)
    if (shell !== 'bash') throw new UsageError(`Unsupported shell type ${JSON.stringify(shell)}.`)
    out(bashScript)
  },
})
