/** `kubectl set`: single features of objects. */
import type { CommandFamily } from '../command.ts'

export const set: CommandFamily = {
  name: 'set',
  summary: 'Set specific features on objects',
  members: [
    {
      name: 'env',
      group: 'basic',
      summary: 'Update environment variables on a pod template',
      load: async () => (await import('./set/env.ts')).setEnv,
    },
    {
      name: 'image',
      group: 'basic',
      summary: 'Update the image of a pod template',
      load: async () => (await import('./set/image.ts')).setImage,
    },
    {
      name: 'resources',
      group: 'basic',
      summary: 'Update resource requests/limits on objects with pod templates',
      load: async () => (await import('./set/resources.ts')).setResources,
    },
    {
      name: 'selector',
      group: 'basic',
      summary: 'Set the selector on a resource',
      load: async () => (await import('./set/selector.ts')).setSelector,
    },
    {
      name: 'serviceaccount',
      aliases: ['sa'],
      group: 'basic',
      summary: 'Update the service account of a resource',
      load: async () => (await import('./set/serviceaccount.ts')).setServiceAccount,
    },
    {
      name: 'subject',
      group: 'basic',
      summary: 'Update the user, group, or service account in a role binding or cluster role binding',
      load: async () => (await import('./set/subject.ts')).setSubject,
    },
  ],
}
