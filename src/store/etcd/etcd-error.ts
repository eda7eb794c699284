/** What a failed call to etcd means: where it may be made again, and what a store's caller is told. Pure. */
import type { GrpcError } from '#net/grpc/grpc-error'
import { StoreError, type StoreErrorReason } from '../store-error.ts'

/** What to do about a failed call. */
export type CallVerdict =
  /** The answer is final. */
  | 'final'
  /** The token is old: log in again, then make the call again. Nothing has happened. */
  | 'log-in'
  /** This member cannot serve at present, and nothing has happened: try another. */
  | 'elsewhere'
  /** No answer came; whether it happened is not known. What does no harm twice may be tried on another member. */
  | 'unknown'

const staleTokens = ['etcdserver: invalid auth token', 'etcdserver: revision of auth store is old', 'etcdserver: user name is empty']
/** Said before a request is looked at. */
const refusals = [
  'etcdserver: no leader',
  'etcdserver: not capable',
  'etcdserver: too many requests',
  'etcdserver: rpc not supported for learner',
]

export function verdictOf({ code, details, isUnsent }: GrpcError): CallVerdict {
  if (staleTokens.includes(details)) return 'log-in'
  if (isUnsent || refusals.includes(details)) return 'elsewhere'
  if (details === 'etcdserver: too many operations in txn request') return 'final'
  return code === 'Unavailable' || code === 'DeadlineExceeded' || code === 'Canceled' || code === 'Internal' || code === 'Unknown'
    ? 'unknown'
    : 'final'
}

/** Waiting does not help: a certificate is wrong. */
export function isHopeless({ details }: GrpcError): boolean {
  return certificateAdvice(details) !== undefined
}

/** By a part of what etcd says: the reason, and what to do. */
const translations: readonly (readonly [part: string, reason: StoreErrorReason, advice: string])[] = [
  [
    'database space exceeded',
    'StoreFull',
    'etcd refuses writes because its quota is used up (alarm NOSPACE): delete and compact, run `etcdctl defrag` on each member, then `etcdctl alarm disarm`; or raise --quota-backend-bytes',
  ],
  ['required revision has been compacted', 'Compacted', 'the revision has been compacted: list anew'],
  ['required revision is a future revision', 'FutureRevision', 'the revision is in the future'],
  ['lease not found', 'LeaseNotFound', 'the lease is not granted or has expired'],
  ['request is too large', 'Invalid', 'the object is larger than etcd takes: raise --max-request-bytes of etcd, or make it smaller'],
  [
    'received message larger than max',
    'Invalid',
    'the object is larger than etcd takes: raise --max-request-bytes of etcd, or make it smaller',
  ],
  ['too many operations in txn', 'Invalid', 'the transaction has more operations than etcd takes: raise --max-txn-ops of etcd'],
  ['duplicate key given', 'Invalid', 'a transaction may operate on a key only once'],
  ['key is not provided', 'Invalid', 'a key may not be empty'],
  ['corrupt', 'Corrupt', 'etcd says that a member differs from the others (alarm CORRUPT): replace that member or restore a snapshot'],
  [
    'invalid user ID or password',
    'Unavailable',
    'etcd refuses the user name or password: check them with `etcdctl --user NAME:PASSWORD endpoint health`',
  ],
  [
    'permission denied',
    'Unavailable',
    'the etcd user lacks permission: grant its role readwrite on all keys with `etcdctl role grant-permission`',
  ],
  [
    'user name is empty',
    'Unavailable',
    'etcd demands a user: give a user name and password, or a client certificate whose common name is the user',
  ],
  ['authentication is not enabled', 'Unavailable', 'a user name was given, but etcd has no users: run `etcdctl auth enable`, or give none'],
  ['no leader', 'Unavailable', 'etcd has no leader: a majority of its members must be up and reach each other'],
  ['request timed out', 'Unavailable', 'etcd could not commit in time: look at its disk (fsync) and at the network between its members'],
]

/** The store's failure for a final answer. */
export function storeErrorOf(error: GrpcError): StoreError {
  const [reason, advice] = adviceOf(error) ?? (['Unavailable', `etcd answered ${error.code}`] as const)
  return new StoreError(reason, `${advice} (${error.details})`, { cause: error })
}

/** The failure of a call that no member answered. */
export function unavailable(failures: ReadonlyMap<string, GrpcError>, isOutcomeUnknown: boolean): StoreError {
  const each = [...failures].map(([url, error]) => `${url}: ${explanationOf(error)}`).join('; ')
  const outcome = isOutcomeUnknown ? 'it is not known whether etcd made the write; read before you write again' : 'etcd does not answer'
  return new StoreError('Unavailable', `${outcome}: ${each}`, { cause: [...failures.values()].at(-1), isOutcomeUnknown })
}

/** What a failure says, with advice where there is some. */
export function explanationOf(error: GrpcError): string {
  const text = `${error.details}`
  const certificate = certificateAdvice(text)
  if (certificate !== undefined) return `${text} (${certificate})`
  const advice = adviceOf(error)?.[1]
  return advice === undefined ? text : `${text} (${advice})`
}

function adviceOf({ details }: GrpcError): readonly [StoreErrorReason, string] | undefined {
  const found = translations.find(([part]) => details.includes(part))
  return found === undefined ? undefined : [found[1], found[2]]
}

function certificateAdvice(text: string): string | undefined {
  if (/self.signed certificate|unable to (verify|get)|certificate signature/i.test(text))
    return 'the certificate of etcd is not signed by the given authority: check --etcd-cafile'
  if (/altnames|does not match certificate/i.test(text)) return 'the certificate of etcd is for another host: use a name that stands in it'
  if (/certificate has expired|not yet valid/i.test(text)) return 'the certificate of etcd is out of date: renew it'
  if (/alert (bad certificate|certificate required|unknown ca)|certificate required/i.test(text))
    return 'etcd does not accept our client certificate: check --etcd-certfile, --etcd-keyfile and the --trusted-ca-file of etcd'
  if (/wrong version number|packet length too long|protocol error/i.test(text))
    return 'one side speaks TLS and the other does not: check http and https'
  return undefined
}
