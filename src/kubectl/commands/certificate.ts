/** `kubectl certificate`: what becomes of certificate signing requests. */
import type { CommandFamily } from '../command.ts'

export const certificate: CommandFamily = {
  name: 'certificate',
  summary: 'Modify certificate resources',
  members: [
    {
      name: 'approve',
      group: 'cluster',
      summary: 'Approve a certificate signing request',
      load: async () => (await import('./certificate/decisions.ts')).approve,
    },
    {
      name: 'deny',
      group: 'cluster',
      summary: 'Deny a certificate signing request',
      load: async () => (await import('./certificate/decisions.ts')).deny,
    },
  ],
}
