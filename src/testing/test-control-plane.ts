/** An API server and all controllers in one process, with nodes that only pretend: what users see, without a machine. */
import assert from 'node:assert/strict'
import { systemClock } from '#base/env/clock'
import { type Log, silentLog } from '#base/env/log'
import { systemRandom } from '#base/env/random'
import type { Client } from '#client/client'
import { defaultControllerOptions } from '#controllers/all-controllers'
import { runControllers } from '#controllers/controller-manager'
import { startTestApiServer } from './api-server.ts'
import { type PretendKubelet, pretendKubelet } from './pretend-kubelet.ts'

export type TestControlPlane = AsyncDisposable & {
  readonly client: Client
  /** What the controllers complained about. */
  readonly complaints: readonly string[]
  /** Looks, while the pretended nodes work on the pods of `default`, until `probe` yields something; the claim is what the failure says. */
  eventually<T>(claim: string, probe: () => Promise<T | undefined | false>): Promise<T>
}

const patienceMs = 8000

export async function startTestControlPlane(kubelet: PretendKubelet = {}): Promise<TestControlPlane> {
  const complaints: string[] = []
  const log: Log = {
    ...silentLog,
    warn: (message, facts) => complaints.push(`${message} ${JSON.stringify(facts)} ${String(facts?.['error'])}`),
    with: () => log,
  }
  const api = await startTestApiServer()
  const { client } = api
  const stop = new AbortController()
  const running = runControllers({ clock: systemClock, random: systemRandom, log, client }, defaultControllerOptions, stop.signal)
  return {
    client,
    complaints,
    async eventually(claim, probe) {
      const endMs = systemClock.monotonicMs() + patienceMs
      for (;;) {
        await pretendKubelet({ client, clock: systemClock }, 'default', kubelet)
        const found = await probe()
        if (found !== undefined && found !== false) return found
        if (systemClock.monotonicMs() > endMs) assert.fail(`still waiting: ${claim}\n${complaints.join('\n')}`)
        await new Promise<void>((resolve) => systemClock.setTimer(10, resolve))
      }
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
      await api.close()
    },
  }
}
