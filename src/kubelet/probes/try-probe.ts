/** One attempt of a probe, by whichever means it names. */
import type { Clock } from '#base/env/clock'
import type { Container, Probe } from '#kinds/core/types.gen'
import { portOf } from '../pods/hooks.ts'
import type { PodRuntime } from '../runtime/pod-runtime.ts'
import { execProbe } from './exec-probe.ts'
import { grpcProbe } from './grpc-probe.ts'
import { httpProbe } from './http-probe.ts'
import type { ProbeOutcome, ProbeTarget } from './probe-outcome.ts'
import { tcpProbe } from './tcp-probe.ts'

export type TryProbeDeps = { readonly clock: Clock; readonly runtime: Pick<PodRuntime, 'exec'> }

/** Ends with the probe's own timeout at the latest. Never rejects. */
export async function tryProbe(probe: Probe, container: Container, target: ProbeTarget, deps: TryProbeDeps): Promise<ProbeOutcome> {
  const timeoutSeconds = probe.timeoutSeconds ?? 1
  // The runtime itself ends a command that takes too long.
  if (probe.exec !== undefined) return await execProbe(deps.runtime, target.containerId, probe.exec.command ?? [], timeoutSeconds)
  const expiry = new AbortController()
  using _timer = deps.clock.setTimer(timeoutSeconds * 1000, () => expiry.abort())
  const { httpGet, tcpSocket, grpc } = probe
  if (httpGet !== undefined) return await httpProbe(httpGet, container, target.host, expiry.signal)
  if (tcpSocket !== undefined) return await tcpProbe(tcpSocket.host || target.host, portOf(container, tcpSocket.port), expiry.signal)
  if (grpc === undefined) return { result: 'error', message: `missing probe handler for ${container.name}` }
  return await grpcProbe({ host: target.host, port: grpc.port, service: grpc.service ?? '', timeoutSeconds }, deps.clock, expiry.signal)
}
