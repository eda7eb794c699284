/** A connection that must come about. */
import { connect } from 'node:net'
import { goDialError } from './http-probe.ts'
import type { ProbeOutcome } from './probe-outcome.ts'

export function tcpProbe(host: string, port: number, signal: AbortSignal): Promise<ProbeOutcome> {
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  return new Promise((resolve) => {
    const socket = connect({ host, port, signal })
    socket.once('connect', () => {
      resolve({ result: 'success' })
      socket.destroy()
    })
    socket.once('error', (error) => {
      resolve({ result: 'failure', message: signal.aborted ? `dial tcp ${address}: i/o timeout` : goDialError(error, address) })
    })
  })
}
