/**
 * etcd's v3 API as tables: the messages and calls that a store needs, by the numbers of etcd's published rpc.proto.
 * Keys are text here: on the wire a string and bytes are the same, and ours are UTF-8. Names differ where ours say more.
 */
import type { ProtobufSchema } from '#base/encoding/protobuf-layout'
import type { Duplex, GrpcService, Unary } from '#net/grpc/service'

/** Ids are 64 bits wide: those that are not exact as a number are a bigint. */
export type EtcdId = number | bigint

export interface ResponseHeader {
  readonly clusterId: EtcdId
  readonly revision: number
}

export interface KeyValue {
  readonly key: string
  readonly createRevision: number
  readonly modRevision: number
  readonly version: number
  readonly value: Uint8Array
  readonly lease: EtcdId
}

export interface EtcdRangeRequest {
  readonly key: string
  readonly rangeEnd: string
  readonly limit: number
  readonly revision: number
  readonly keysOnly: boolean
  readonly countOnly: boolean
}

export interface EtcdRangeResponse {
  readonly header?: ResponseHeader
  readonly kvs: readonly KeyValue[]
  readonly more: boolean
  /** Keys in the whole range, whatever the limit. */
  readonly count: number
}

interface PutRequest {
  readonly key: string
  readonly value: Uint8Array
  readonly lease: EtcdId
  readonly prevKv: boolean
}

interface DeleteRangeRequest {
  readonly key: string
  readonly prevKv: boolean
}

export interface RequestOperation {
  readonly range?: EtcdRangeRequest
  readonly put?: PutRequest
  readonly deleteRange?: DeleteRangeRequest
}

export interface ResponseOperation {
  readonly range?: EtcdRangeResponse
  readonly put?: { readonly prevKv?: KeyValue }
  readonly deleteRange?: { readonly prevKvs: readonly KeyValue[] }
}

interface CompareRequest {
  readonly result: 'EQUAL' | 'GREATER' | 'LESS' | 'NOT_EQUAL'
  readonly target: 'VERSION' | 'CREATE' | 'MOD' | 'VALUE' | 'LEASE'
  readonly key: string
  readonly modRevision: number
}

export interface TxnRequest {
  readonly compare: readonly CompareRequest[]
  readonly success: readonly RequestOperation[]
  readonly failure: readonly RequestOperation[]
}

export interface TxnResponse {
  readonly header?: ResponseHeader
  readonly succeeded: boolean
  readonly responses: readonly ResponseOperation[]
}

interface WatchCreateRequest {
  readonly key: string
  readonly rangeEnd: string
  readonly startRevision: number
  readonly prevKv: boolean
  /** Large answers may come in parts. */
  readonly fragment: boolean
}

export interface EtcdWatchRequest {
  readonly createRequest?: WatchCreateRequest
}

export interface EtcdEvent {
  readonly type: 'PUT' | 'DELETE'
  readonly kv?: KeyValue
  readonly prevKv?: KeyValue
}

export interface EtcdWatchResponse {
  readonly header?: ResponseHeader
  readonly created: boolean
  readonly canceled: boolean
  /** Of a watch that was canceled because it began before: the oldest revision there is. */
  readonly compactRevision: number
  readonly cancelReason: string
  /** More of this answer follows. */
  readonly fragment: boolean
  readonly events: readonly EtcdEvent[]
}

export interface LeaseAnswer {
  readonly id: EtcdId
  /** Seconds; zero or less if the lease is not there. */
  readonly ttl: number
}

interface TimeToLiveResponse extends LeaseAnswer {
  readonly grantedTtl: number
}

export interface StatusResponse {
  readonly header?: ResponseHeader
  readonly version: string
  readonly dbSize: number
  readonly dbSizeInUse: number
  /** Zero while there is none. */
  readonly leader: EtcdId
}

interface AlarmResponse {
  readonly alarms: readonly { readonly memberId: EtcdId; readonly alarm: 'NONE' | 'NOSPACE' | 'CORRUPT' }[]
}

export interface KvCalls {
  readonly range: Unary<EtcdRangeRequest, EtcdRangeResponse>
  readonly txn: Unary<TxnRequest, TxnResponse>
  readonly compact: Unary<{ readonly revision: number }, object>
}

export interface WatchCalls {
  readonly watch: Duplex<EtcdWatchRequest, EtcdWatchResponse>
}

export interface LeaseCalls {
  readonly grant: Unary<LeaseAnswer, LeaseAnswer>
  readonly revoke: Unary<{ readonly id: EtcdId }, object>
  readonly keepAlive: Duplex<{ readonly id: EtcdId }, LeaseAnswer>
  readonly timeToLive: Unary<{ readonly id: EtcdId }, TimeToLiveResponse>
}

export interface MaintenanceCalls {
  readonly status: Unary<object, StatusResponse>
  /** Which alarms are on. */
  readonly alarm: Unary<object, AlarmResponse>
}

export interface AuthCalls {
  readonly authenticate: Unary<{ readonly name: string; readonly password: string }, { readonly token: string }>
}

export const etcdSchema: ProtobufSchema = {
  messages: {
    ResponseHeader: '1 clusterId uint64, 3 revision int64',
    KeyValue: '1 key string, 2 createRevision int64, 3 modRevision int64, 4 version int64, 5 value bytes, 6 lease int64',
    RangeRequest: '1 key string, 2 rangeEnd string, 3 limit int64, 4 revision int64, 8 keysOnly bool, 9 countOnly bool',
    RangeResponse: '1 header ResponseHeader, 2 kvs repeated KeyValue, 3 more bool, 4 count int64',
    PutRequest: '1 key string, 2 value bytes, 3 lease int64, 4 prevKv bool',
    PutResponse: '2 prevKv KeyValue',
    DeleteRangeRequest: '1 key string, 3 prevKv bool',
    DeleteRangeResponse: '3 prevKvs repeated KeyValue',
    RequestOp: '1 range RangeRequest, 2 put PutRequest, 3 deleteRange DeleteRangeRequest',
    ResponseOp: '1 range RangeResponse, 2 put PutResponse, 3 deleteRange DeleteRangeResponse',
    Compare: '1 result CompareResult, 2 target CompareTarget, 3 key string, 6 modRevision int64',
    TxnRequest: '1 compare repeated Compare, 2 success repeated RequestOp, 3 failure repeated RequestOp',
    TxnResponse: '1 header ResponseHeader, 2 succeeded bool, 3 responses repeated ResponseOp',
    CompactionRequest: '1 revision int64',
    WatchCreateRequest: '1 key string, 2 rangeEnd string, 3 startRevision int64, 6 prevKv bool, 8 fragment bool',
    WatchRequest: '1 createRequest WatchCreateRequest',
    Event: '1 type EventType, 2 kv KeyValue, 3 prevKv KeyValue',
    WatchResponse:
      '1 header ResponseHeader, 3 created bool, 4 canceled bool, 5 compactRevision int64, 6 cancelReason string, 7 fragment bool, 11 events repeated Event',
    LeaseGrantRequest: '1 ttl int64, 2 id int64',
    LeaseGrantResponse: '2 id int64, 3 ttl int64',
    LeaseIdRequest: '1 id int64',
    LeaseKeepAliveResponse: '2 id int64, 3 ttl int64',
    LeaseTimeToLiveResponse: '2 id int64, 3 ttl int64, 4 grantedTtl int64',
    StatusResponse: '1 header ResponseHeader, 2 version string, 3 dbSize int64, 4 leader uint64, 9 dbSizeInUse int64',
    AlarmMember: '1 memberId uint64, 2 alarm AlarmType',
    AlarmResponse: '2 alarms repeated AlarmMember',
    AuthenticateRequest: '1 name string, 2 password string',
    AuthenticateResponse: '2 token string',
    Nothing: '',
  },
  enums: {
    CompareResult: { 0: 'EQUAL', 1: 'GREATER', 2: 'LESS', 3: 'NOT_EQUAL' },
    CompareTarget: { 0: 'VERSION', 1: 'CREATE', 2: 'MOD', 3: 'VALUE', 4: 'LEASE' },
    EventType: { 0: 'PUT', 1: 'DELETE' },
    AlarmType: { 0: 'NONE', 1: 'NOSPACE', 2: 'CORRUPT' },
  },
}

const unary = (path: string, request: string, response: string) => ({ path, request, response, isStream: false })

export const kvService: GrpcService = {
  methods: {
    range: unary('/etcdserverpb.KV/Range', 'RangeRequest', 'RangeResponse'),
    txn: unary('/etcdserverpb.KV/Txn', 'TxnRequest', 'TxnResponse'),
    compact: unary('/etcdserverpb.KV/Compact', 'CompactionRequest', 'Nothing'),
  },
}

export const watchService: GrpcService = {
  methods: {
    watch: { path: '/etcdserverpb.Watch/Watch', request: 'WatchRequest', response: 'WatchResponse', isStream: true, isDuplex: true },
  },
}

export const leaseService: GrpcService = {
  methods: {
    grant: unary('/etcdserverpb.Lease/LeaseGrant', 'LeaseGrantRequest', 'LeaseGrantResponse'),
    revoke: unary('/etcdserverpb.Lease/LeaseRevoke', 'LeaseIdRequest', 'Nothing'),
    keepAlive: {
      path: '/etcdserverpb.Lease/LeaseKeepAlive',
      request: 'LeaseIdRequest',
      response: 'LeaseKeepAliveResponse',
      isStream: true,
      isDuplex: true,
    },
    timeToLive: unary('/etcdserverpb.Lease/LeaseTimeToLive', 'LeaseIdRequest', 'LeaseTimeToLiveResponse'),
  },
}

export const maintenanceService: GrpcService = {
  methods: {
    status: unary('/etcdserverpb.Maintenance/Status', 'Nothing', 'StatusResponse'),
    alarm: unary('/etcdserverpb.Maintenance/Alarm', 'Nothing', 'AlarmResponse'),
  },
}

export const authService: GrpcService = {
  methods: { authenticate: unary('/etcdserverpb.Auth/Authenticate', 'AuthenticateRequest', 'AuthenticateResponse') },
}
