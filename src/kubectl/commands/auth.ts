/** `kubectl auth`: who one is and what one may do. */
import type { CommandFamily } from '../command.ts'

export const auth: CommandFamily = {
  name: 'auth',
  summary: 'Inspect authorization',
  members: [
    {
      name: 'can-i',
      group: 'debug',
      summary: 'Check whether an action is allowed',
      load: async () => (await import('./auth/can-i.ts')).canI,
    },
    {
      name: 'whoami',
      group: 'debug',
      summary: 'Check self subject attributes',
      load: async () => (await import('./auth/whoami.ts')).whoami,
    },
    {
      name: 'reconcile',
      group: 'debug',
      summary: 'Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects',
      load: async () => (await import('./auth/reconcile.ts')).reconcile,
    },
  ],
}
