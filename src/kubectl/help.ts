/** Help in upstream's layout: what it does, examples, options, usage. */
import type { Flag } from '#component/flags'
import type { Command, CommandFamily, CommandGroup } from './command.ts'
import { allCommands } from './commands/all-commands.ts'
import { globalFlags } from './global-flags.ts'

const groupTitles: Readonly<Record<CommandGroup, string>> = {
  basic: 'Basic Commands',
  inspect: 'Commands to look at things',
  deploy: 'Deploy Commands',
  cluster: 'Cluster Management Commands',
  debug: 'Troubleshooting and Debugging Commands',
  advanced: 'Advanced Commands',
  settings: 'Settings Commands',
  other: 'Other Commands',
}

export function rootHelp(): string {
  const groups: readonly CommandGroup[] = ['basic', 'inspect', 'deploy', 'cluster', 'debug', 'advanced', 'settings', 'other']
  const sections = groups.map((group) =>
    listOf(
      `${groupTitles[group]}:`,
      allCommands.filter((entry) => entry.group === group),
    ),
  )
  return [
    'kubectl talks to a Kubernetes cluster: it shows, makes, changes and removes what runs there.\n',
    ...sections.filter((section) => section !== ''),
    'Usage:\n  kubectl [flags] [options]\n',
    'Use "kubectl <command> --help" for more about a command.\nUse "kubectl options" for the flags that every command takes.\n',
  ].join('\n')
}

export function familyHelp(path: string, family: CommandFamily): string {
  const { own } = family
  return [
    `${family.summary}.\n`,
    ...(own === undefined ? [] : [...descriptionLines(own), ...exampleLines(own)]),
    listOf('Available Commands:', family.members),
    ...(own === undefined ? [] : optionLines(own)),
    own === undefined ? `Usage:\n  ${path} SUBCOMMAND [options]\n` : usageLine(path, own),
    `Use "${path} <command> --help" for more about a command.\n`,
  ].join('\n')
}

export function commandHelp(path: string, command: Command): string {
  return [
    `${command.summary}.\n`,
    ...descriptionLines(command),
    ...exampleLines(command),
    ...optionLines(command),
    usageLine(path, command),
    'Use "kubectl options" for the flags that every command takes.\n',
  ].join('\n')
}

function descriptionLines({ description }: Command): readonly string[] {
  return description === undefined ? [] : [` ${description}\n`]
}

function exampleLines({ examples = [] }: Command): readonly string[] {
  return examples.length === 0 ? [] : [`Examples:\n${examples.map(([why, line]) => `  # ${why}\n  ${line}\n`).join('\n')}`]
}

function optionLines({ flags }: Command): readonly string[] {
  const own = Object.entries(flags).filter(([name]) => !Object.hasOwn(globalFlags, name))
  return own.length === 0 ? [] : [`Options:\n${own.map(([name, flag]) => optionText(name, flag)).join('\n')}`]
}

function usageLine(path: string, { usage }: Command): string {
  return `Usage:\n  ${[path, usage, '[options]'].filter((word) => word !== '').join(' ')}\n`
}

export function optionText(name: string, flag: Flag): string {
  const short = flag.shorthand === undefined ? '' : `-${flag.shorthand}, `
  return `    ${short}--${name}=${defaultText(flag.default)}:\n        ${flag.help}\n`
}

function defaultText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.join(',')}]`
  return typeof value === 'string' ? `'${value}'` : String(value)
}

function listOf(title: string, entries: readonly { readonly name: string; readonly summary: string }[]): string {
  if (entries.length === 0) return ''
  const width = Math.max(...entries.map(({ name }) => name.length))
  return `${title}\n${entries.map(({ name, summary }) => `  ${name.padEnd(width)}   ${summary}\n`).join('')}`
}
