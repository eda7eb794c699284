/** How a command ended, as the error stream tells it: a Status object from v4 on, plain text before. */
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { ExecVersion } from './exec-streams.ts'

export type ExecOutcome =
  | { readonly kind: 'success' }
  | { readonly kind: 'exit'; readonly exitCode: number; readonly message: string }
  | { readonly kind: 'failure'; readonly message: string }

/** Reads the whole error stream. A stream that ends without a word from v4 on means that the connection was lost. */
export async function readExecOutcome(error: Duplex, version: ExecVersion): Promise<ExecOutcome> {
  const message = await text(error)
  if (version === 'v1' || version === 'v2' || version === 'v3') {
    return message === '' ? { kind: 'success' } : { kind: 'failure', message: `error executing remote command: ${message}` }
  }
  if (message === '') return { kind: 'failure', message: 'the connection ended before the command did' }
  return outcomeOfStatus(message)
}

/** Writes the outcome and ends the stream. */
export function writeExecOutcome(error: Duplex, version: ExecVersion, outcome: ExecOutcome): void {
  if (version === 'v4' || version === 'v5') error.end(JSON.stringify(statusOf(outcome)))
  else if (outcome.kind === 'success') error.end()
  else error.end(outcome.message)
}

function statusOf(outcome: ExecOutcome): object {
  if (outcome.kind === 'success') return { metadata: {}, status: 'Success' }
  if (outcome.kind === 'failure') return { metadata: {}, status: 'Failure', message: outcome.message, reason: 'InternalError', code: 500 }
  const causes = [{ reason: 'ExitCode', message: `${outcome.exitCode}` }]
  return { metadata: {}, status: 'Failure', message: outcome.message, reason: 'NonZeroExitCode', details: { causes } }
}

interface WireStatus {
  readonly status?: string
  readonly message?: string
  readonly reason?: string
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] }
}

function outcomeOfStatus(json: string): ExecOutcome {
  const status = parseStatus(json)
  if (status === undefined) return { kind: 'failure', message: `error stream protocol error: ${json}` }
  if (status.status === 'Success') return { kind: 'success' }
  const message = status.message ?? ''
  const exitCode = status.details?.causes?.find((cause) => cause.reason === 'ExitCode')?.message
  if (status.reason !== 'NonZeroExitCode' || exitCode === undefined) return { kind: 'failure', message }
  return { kind: 'exit', exitCode: Number(exitCode), message }
}

function parseStatus(json: string): WireStatus | undefined {
  try {
    const status: unknown = JSON.parse(json)
    return typeof status === 'object' && status !== null ? status : undefined
  } catch {
    return undefined
  }
}
