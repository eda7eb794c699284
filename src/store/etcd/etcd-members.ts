/**
 * The members of an etcd and the calls to them. All calls go to one member until it fails; then the next one's turn comes.
 * A read is made again elsewhere when a member does not answer. A write is made again only where it is certain that it did not happen.
 */
import { createProtobufCodec } from '#base/encoding/protobuf'
import { type Clock, sleep } from '#base/env/clock'
import type { Log } from '#base/env/log'
import { type GrpcChannel, openGrpcChannel } from '#net/grpc/grpc-channel'
import { GrpcError } from '#net/grpc/grpc-error'
import type { GrpcTls } from '#net/grpc/grpc-session'
import type { CallOptions } from '#net/grpc/service'
import { StoreError } from '../store-error.ts'
import { isHopeless, storeErrorOf, unavailable, verdictOf } from './etcd-error.ts'
import {
  type AuthCalls,
  authService,
  etcdSchema,
  type KvCalls,
  kvService,
  type LeaseCalls,
  leaseService,
  type MaintenanceCalls,
  maintenanceService,
  type WatchCalls,
  watchService,
} from './etcd-rpc.ts'

/** Where etcd is and who we are. */
export interface EtcdAddress {
  /** `http://host:port` or `https://host:port`, one a member. */
  readonly endpoints: readonly string[]
  /** For https; the content of the files. */
  readonly tls?: GrpcTls
  readonly user?: { readonly name: string; readonly password: string }
}

/** One member and its calls. */
export interface EtcdMember {
  readonly url: string
  readonly kv: KvCalls
  readonly watch: WatchCalls
  readonly lease: LeaseCalls
  readonly maintenance: MaintenanceCalls
  readonly auth: AuthCalls
}

/** Makes one call to a member with the given options. */
export type MemberCall<T> = (member: EtcdMember, options: CallOptions) => Promise<T>

interface MembersDeps {
  readonly clock: Clock
  readonly log: Log
}

const connectTimeoutMs = 2000
/** The last resort: a member that is alive answers within its own seven seconds, and one that is not is found out by pings. */
const callTimeoutMs = 15_000
/** How long a call may be tried again and again. */
const retryMsMax = 4000
const retryAfterMsMin = 20
const retryAfterMsMax = 500
/** A member that hangs is given up within four seconds while a call waits. etcd takes offence at idle pings more often than 5 s. */
const keepAlive = { busyIntervalMs: 1000, idleIntervalMs: 6000, timeoutMs: 2500 }
/** Pages are bounded by us, a batch of changes by etcd. */
const messageBytesMax = 512 << 20

export class EtcdMembers implements Disposable {
  readonly #deps: MembersDeps
  readonly #user: EtcdAddress['user']
  readonly #members: readonly EtcdMember[]
  readonly #channels: readonly GrpcChannel[]
  #index = 0
  #metadata: Readonly<Record<string, string>> = withoutToken
  #login: Promise<void> | undefined
  /** Members of which the log has been told since the last call that went well. */
  readonly #complaints = new Set<string>()

  constructor({ endpoints, tls, user }: EtcdAddress, deps: MembersDeps) {
    this.#deps = deps
    this.#user = user
    const codec = createProtobufCodec(etcdSchema, { absent: 'zero', int64: 'number', packed: true })
    const opened = endpoints.map((url) => {
      const target = targetOf(url)
      const channel = openGrpcChannel({
        target,
        tls: url.startsWith('https:') ? { ...tls } : undefined,
        codec,
        clock: deps.clock,
        connectTimeoutMs,
        keepAlive,
        messageBytesMax,
      })
      return { channel, member: memberOf(url, channel) }
    })
    this.#channels = opened.map(({ channel }) => channel)
    this.#members = opened.map(({ member }) => member)
  }

  /** All of them, as they were given. */
  get all(): readonly EtcdMember[] {
    return this.#members
  }

  /** The one whose turn it is. */
  get current(): EtcdMember {
    const member = this.#members[this.#index]
    if (member === undefined) throw new StoreError('Invalid', 'no etcd endpoint was given')
    return member
  }

  /** Turns to the next member, unless that has been done already. */
  giveUp(member: EtcdMember, why: unknown): void {
    if (this.#members[this.#index] !== member) return
    this.#index = (this.#index + 1) % this.#members.length
    // While none serves, the first complaint about each is enough.
    if (this.#complaints.has(member.url)) return
    this.#complaints.add(member.url)
    this.#deps.log.warn('an etcd member does not serve', { member: member.url, error: why instanceof Error ? why.message : String(why) })
  }

  /** A call that does no harm when it is made twice. */
  read<T>(call: MemberCall<T>, signal?: AbortSignal): Promise<T> {
    return this.#call(call, true, signal)
  }

  /** A call that may happen only once. Fails with Unavailable and `isOutcomeUnknown` when nobody can tell whether it did. */
  write<T>(call: MemberCall<T>, signal?: AbortSignal): Promise<T> {
    return this.#call(call, false, signal)
  }

  /** What stands in the headers of each call: who we are, and that a member without a leader is to refuse. */
  async metadata(): Promise<Readonly<Record<string, string>>> {
    if (this.#user !== undefined && this.#metadata === withoutToken) await this.#logIn(withoutToken)
    return this.#metadata
  }

  /** Forgets a token that was refused and gets another. */
  renewToken(used: Readonly<Record<string, string>>): Promise<void> {
    return this.#logIn(used)
  }

  [Symbol.dispose](): void {
    for (const channel of this.#channels) channel[Symbol.dispose]()
  }

  async #call<T>(call: MemberCall<T>, isRepeatable: boolean, signal: AbortSignal | undefined): Promise<T> {
    const metadata = this.#user === undefined ? this.#metadata : await this.metadata()
    const member = this.current
    try {
      const answer = await call(member, { signal, metadata, timeoutMs: callTimeoutMs })
      if (this.#complaints.size > 0) this.#complaints.clear()
      return answer
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof GrpcError)) throw error
      return this.#callAgain(call, { isRepeatable, signal, member, metadata, error })
    }
  }

  async #callAgain<T>(call: MemberCall<T>, first: FailedCall): Promise<T> {
    const { clock } = this.#deps
    const { isRepeatable, signal } = first
    const deadlineMs = clock.monotonicMs() + retryMsMax
    const failures = new Map<string, GrpcError>()
    let { member, metadata, error } = first
    let delayMs = retryAfterMsMin
    let logins = 0
    for (;;) {
      const verdict = verdictOf(error)
      if (verdict === 'final' || (verdict === 'log-in' && (this.#user === undefined || logins > 0))) throw storeErrorOf(error)
      if (verdict === 'log-in') {
        logins++
        await this.#logIn(metadata)
      } else {
        failures.set(member.url, error)
        this.giveUp(member, error)
        const isTime = clock.monotonicMs() >= deadlineMs || [...failures.values()].every(isHopeless)
        const isOver = isTime && failures.size === this.#members.length
        if (isOver || (verdict === 'unknown' && !isRepeatable)) throw unavailable(failures, verdict === 'unknown' && !isRepeatable)
        if (failures.has(this.current.url)) {
          await sleep(clock, delayMs, signal)
          delayMs = Math.min(2 * delayMs, retryAfterMsMax)
        }
      }
      metadata = await this.metadata()
      member = this.current
      try {
        return await call(member, { signal, metadata, timeoutMs: callTimeoutMs })
      } catch (again) {
        signal?.throwIfAborted()
        if (!(again instanceof GrpcError)) throw again
        error = again
      }
    }
  }

  /** All who find their token refused at once share one login. */
  #logIn(used: Readonly<Record<string, string>>): Promise<void> {
    if (this.#metadata !== used) return Promise.resolve()
    this.#login ??= this.#authenticate().finally(() => {
      this.#login = undefined
    })
    return this.#login
  }

  async #authenticate(): Promise<void> {
    const user = this.#user
    if (user === undefined) return
    const failures = new Map<string, GrpcError>()
    for (let i = 0; i < this.#members.length; i++) {
      const member = this.current
      try {
        const { token } = await member.auth.authenticate(user, { timeoutMs: callTimeoutMs })
        this.#metadata = { ...withoutToken, token }
        return
      } catch (error) {
        if (!(error instanceof GrpcError)) throw error
        if (verdictOf(error) === 'final') throw storeErrorOf(error)
        failures.set(member.url, error)
        this.giveUp(member, error)
      }
    }
    throw unavailable(failures, false)
  }
}

interface FailedCall {
  readonly isRepeatable: boolean
  readonly signal: AbortSignal | undefined
  readonly member: EtcdMember
  readonly metadata: Readonly<Record<string, string>>
  readonly error: GrpcError
}

/** A member that is cut off from the others says so at once instead of letting a call wait. */
const withoutToken: Readonly<Record<string, string>> = { hasleader: 'true' }

/** The same, for a member that is to answer without a leader too. */
export function withoutLeader(metadata: Readonly<Record<string, string>> | undefined): Readonly<Record<string, string>> {
  const token = metadata?.['token']
  return token === undefined ? {} : { token }
}

function memberOf(url: string, channel: GrpcChannel): EtcdMember {
  return {
    url,
    kv: channel.service<KvCalls>(kvService),
    watch: channel.service<WatchCalls>(watchService),
    lease: channel.service<LeaseCalls>(leaseService),
    maintenance: channel.service<MaintenanceCalls>(maintenanceService),
    auth: channel.service<AuthCalls>(authService),
  }
}

function targetOf(url: string): string {
  const match = /^(?:https?:\/\/)?([^/]+?)\/?$/.exec(url)
  if (match?.[1] === undefined) throw new StoreError('Invalid', `${url} is no etcd endpoint: want http://host:port or https://host:port`)
  return match[1]
}
