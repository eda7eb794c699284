/** `kubectl rollout`: how the change of a workload goes, and back again. */
import type { CommandFamily } from '../command.ts'

export const rollout: CommandFamily = {
  name: 'rollout',
  summary: 'Manage the rollout of one or many resources',
  members: [
    {
      name: 'history',
      group: 'deploy',
      summary: 'View rollout history',
      load: async () => (await import('./rollout-history.ts')).rolloutHistory,
    },
    {
      name: 'pause',
      group: 'deploy',
      summary: 'Mark the provided resource as paused',
      load: async () => (await import('./rollout-pause.ts')).rolloutPause,
    },
    {
      name: 'restart',
      group: 'deploy',
      summary: 'Restart a resource',
      load: async () => (await import('./rollout-restart.ts')).rolloutRestart,
    },
    {
      name: 'resume',
      group: 'deploy',
      summary: 'Resume a paused resource',
      load: async () => (await import('./rollout-pause.ts')).rolloutResume,
    },
    {
      name: 'status',
      group: 'deploy',
      summary: 'Show the status of the rollout',
      load: async () => (await import('./rollout-status.ts')).rolloutStatus,
    },
    {
      name: 'undo',
      group: 'deploy',
      summary: 'Undo a previous rollout',
      load: async () => (await import('./rollout-undo.ts')).rolloutUndo,
    },
  ],
}
