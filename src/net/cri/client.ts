/** The Container Runtime Interface, v1: one typed method for each call, over the runtime's unix socket. */
import { createProtobufCodec } from '#base/encoding/protobuf'
import type { Clock } from '#base/env/clock'
import { openGrpcChannel } from '../grpc/grpc-channel.ts'
import { criSchema, type ImageServiceCalls, imageService, type RuntimeServiceCalls, runtimeService } from './cri.gen.ts'

export interface CriClient extends Disposable {
  readonly runtime: RuntimeServiceCalls
  readonly images: ImageServiceCalls
}

/** Messages as they travel: for tests that serve CRI themselves. */
export const criCodec = createProtobufCodec(criSchema, { absent: 'zero', int64: 'bigint', packed: true })

/** Takes a socket path or `unix:///path`. Nothing is sent before the first call. */
export function openCriClient(endpoint: string, deps: { readonly clock: Clock }): CriClient {
  const target = endpoint.startsWith('/') ? `unix://${endpoint}` : endpoint
  const channel = openGrpcChannel({ target, codec: criCodec, clock: deps.clock })
  return {
    runtime: channel.service<RuntimeServiceCalls>(runtimeService),
    images: channel.service<ImageServiceCalls>(imageService),
    [Symbol.dispose]: () => channel[Symbol.dispose](),
  }
}
