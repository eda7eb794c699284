/** Carries an exec or attach session between a client served here and a server dialled from here. */
import { readExecOutcome, writeExecOutcome } from './exec-outcome.ts'
import type { ExecStreams, ExecVersion } from './exec-streams.ts'
import { pumpStream } from './pump-stream.ts'

/** Carries everything until one of the two is gone. */
export async function joinExecStreams(served: ExecStreams, dialled: ExecStreams): Promise<void> {
  const inward = [pumpStream(served.stdin, dialled.stdin), pumpStream(served.resize, dialled.resize)]
  const outward = [pumpStream(dialled.stdout, served.stdout), pumpStream(dialled.stderr, served.stderr), carryOutcome(dialled, served)]
  await Promise.race([Promise.all(outward), served.closed])
  dialled.close()
  served.close()
  await Promise.all([...inward, dialled.closed, served.closed])
}

/** The two ends may have agreed on versions that tell the outcome differently. */
async function carryOutcome(from: ExecStreams, to: ExecStreams): Promise<void> {
  if (tellsByStatus(from.version) === tellsByStatus(to.version)) return await pumpStream(from.error, to.error)
  writeExecOutcome(to.error, to.version, await readExecOutcome(from.error, from.version))
  await new Promise<void>((resolve) => to.error.once('finish', resolve).once('close', resolve))
}

function tellsByStatus(version: ExecVersion): boolean {
  return version === 'v4' || version === 'v5'
}
