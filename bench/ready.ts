/** Waits for a server of ours that was just started. */
import type { ChildProcess } from 'node:child_process'
import { request } from 'node:https'

const timeoutMs = 60_000
const lookAgainMs = 5

/** Rejects when the process ends before it serves, or never serves. */
export async function untilReady(server: ChildProcess, port: number): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs
  while (!(await isReady(port))) {
    if (server.exitCode !== null) throw new Error(`the server ended with status ${server.exitCode}`)
    if (performance.now() > deadlineMs) throw new Error(`the server is not ready after ${timeoutMs / 1000} s`)
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs))
  }
}

function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ port, host: '127.0.0.1', path: '/readyz', rejectUnauthorized: false, agent: false }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
    asked.on('error', () => resolve(false))
    asked.end()
  })
}
