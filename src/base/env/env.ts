/** What a program gets from the world besides files and sockets. Handed down, never imported. */
import type { Clock } from './clock.ts'
import type { Log } from './log.ts'
import type { Random } from './random.ts'

export type Env = { readonly clock: Clock; readonly random: Random; readonly log: Log }
