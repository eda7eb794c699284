/** `kubectl apply`: by itself for files, and what it remembers in its members. */
import type { CommandFamily } from '../command.ts'
import { applyFromFiles } from './apply/from-files.ts'

export const apply: CommandFamily = {
  name: 'apply',
  summary: 'Apply a configuration to a resource by file name or stdin',
  members: [
    {
      name: 'edit-last-applied',
      group: 'advanced',
      summary: 'Edit latest last-applied-configuration annotations of a resource/object',
      load: async () => (await import('./apply/edit-last-applied.ts')).editLastApplied,
    },
    {
      name: 'set-last-applied',
      group: 'advanced',
      summary: 'Set the last-applied-configuration annotation on a live object to match the contents of a file',
      load: async () => (await import('./apply/set-last-applied.ts')).setLastApplied,
    },
    {
      name: 'view-last-applied',
      group: 'advanced',
      summary: 'View the latest last-applied-configuration annotations of a resource/object',
      load: async () => (await import('./apply/view-last-applied.ts')).viewLastApplied,
    },
  ],
  own: applyFromFiles,
}
