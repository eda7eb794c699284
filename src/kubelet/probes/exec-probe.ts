/** A command in the container that must exit with 0. */
import { isGrpcError } from '#net/grpc/grpc-error'
import type { PodRuntime } from '../runtime/pod-runtime.ts'
import type { ProbeOutcome } from './probe-outcome.ts'

const outputCharsMax = 10 << 10

export async function execProbe(
  runtime: Pick<PodRuntime, 'exec'>,
  containerId: string,
  command: readonly string[],
  timeoutSeconds: number,
): Promise<ProbeOutcome> {
  try {
    const { exitCode, output } = await runtime.exec(containerId, command, timeoutSeconds)
    return exitCode === 0 ? { result: 'success' } : { result: 'failure', message: output.slice(0, outputCharsMax) }
  } catch (error) {
    const isTimeout =
      isGrpcError(error, 'DeadlineExceeded') || (isGrpcError(error) && /timeout .* exceeded|deadline exceeded/.test(error.details))
    if (isTimeout)
      return { result: 'failure', message: `command timed out: ${JSON.stringify(command.join(' '))} timed out after ${timeoutSeconds}s` }
    return { result: 'error', message: error instanceof Error ? error.message : String(error) }
  }
}
