/** How often a container has been started before, by the logs that its lives left: for when the runtime has forgotten them all. */
import { readdir } from 'node:fs/promises'

/** `directory` holds `0.log`, `1.log`, ... of one container. 0 where there are none. */
export async function restartsByLogs(directory: string): Promise<number> {
  const names = await readdir(directory).catch(() => [])
  const lives = names.flatMap((name) => /^(\d+)\.log/.exec(name)?.[1] ?? [])
  return Math.max(-1, ...lives.map(Number)) + 1
}
