/** The gRPC health protocol (`grpc.health.v1`): the service must answer SERVING. */
import { createProtobufCodec } from '#base/encoding/protobuf'
import type { Clock } from '#base/env/clock'
import { openGrpcChannel } from '#net/grpc/grpc-channel'
import { isGrpcError } from '#net/grpc/grpc-error'
import type { GrpcService, Unary } from '#net/grpc/service'
import type { ProbeOutcome } from './probe-outcome.ts'

export const healthSchema = {
  messages: { HealthCheckRequest: '1 service string', HealthCheckResponse: '1 status ServingStatus' },
  enums: { ServingStatus: { 0: 'UNKNOWN', 1: 'SERVING', 2: 'NOT_SERVING', 3: 'SERVICE_UNKNOWN' } },
}
const healthCodec = createProtobufCodec(healthSchema, { absent: 'zero', int64: 'bigint', packed: true })
const healthService: GrpcService = {
  methods: {
    check: { path: '/grpc.health.v1.Health/Check', request: 'HealthCheckRequest', response: 'HealthCheckResponse', isStream: false },
  },
}
type HealthCalls = { readonly check: Unary<{ readonly service: string }, { readonly status: string }> }

export type GrpcProbeOptions = { readonly host: string; readonly port: number; readonly service: string; readonly timeoutSeconds: number }

export async function grpcProbe(
  { host, port, service, timeoutSeconds }: GrpcProbeOptions,
  clock: Clock,
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  using channel = openGrpcChannel({ target: address, codec: healthCodec, clock })
  try {
    const { status } = await channel.service<HealthCalls>(healthService).check({ service }, { signal, waitForReady: true })
    if (status === 'SERVING') return { result: 'success' }
    return { result: 'failure', message: `service unhealthy (responded with ${JSON.stringify(status)})` }
  } catch (error) {
    return { result: 'failure', message: failureOf(error, address, timeoutSeconds, signal) }
  }
}

function failureOf(error: unknown, address: string, timeoutSeconds: number, signal: AbortSignal): string {
  // Waiting for a connection is all that takes time without an answer, as far as a health service is concerned.
  if (signal.aborted)
    return `timeout: failed to connect service ${JSON.stringify(address)} within ${timeoutSeconds}s: context deadline exceeded`
  const message = error instanceof Error ? error.message : String(error)
  if (isGrpcError(error, 'Unimplemented'))
    return `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${error.details}`
  return `error: health rpc probe failed: ${message}`
}
