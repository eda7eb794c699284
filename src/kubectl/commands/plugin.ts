/** `kubectl plugin`. */

import { basename } from 'node:path'
import { boolFlag } from '#component/flags'
import { type Command, type CommandFamily, defineCommand } from '../command.ts'
import { CommandError } from '../errors.ts'
import { installedPlugins, isExecutable } from '../plugin/plugins.ts'

const list: Command = defineCommand({
  name: 'list',
  summary: "List all visible plugin executables on a user's PATH",
  description: 'A plugin is a program called kubectl-NAME: "kubectl NAME" runs it.',
  examples: [['Which plugins there are', 'kubectl plugin list']],
  usage: '',
  flags: { 'name-only': boolFlag(false, 'Names without their directories.') },
  async run({ flags, host, out, err }) {
    const { paths, unreadable } = await installedPlugins(host.environment)
    for (const directory of unreadable)
      err(
        `Unable to read directory ${JSON.stringify(directory)} from your PATH: open ${directory}: no such file or directory. Skipping...\n`,
      )
    if (paths.length === 0) throw new CommandError('unable to find any kubectl plugins in your PATH')
    out('The following compatible plugins are available:\n\n')
    let warningCount = 0
    for (const path of paths) {
      out(`${flags['name-only'] ? basename(path) : path}\n`)
      if (await isExecutable(path)) continue
      warningCount++
      err(`  - warning: ${path} identified as a kubectl plugin, but it is not executable\n`)
    }
    if (warningCount > 0)
      throw new CommandError(warningCount === 1 ? 'one plugin warning was found' : `${warningCount} plugin warnings were found`)
  },
})

export const plugin: CommandFamily = {
  name: 'plugin',
  summary: 'Provides utilities for interacting with plugins',
  members: [{ name: 'list', group: 'other', summary: list.summary, load: async () => list }],
}
