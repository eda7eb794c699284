/** The flags of `kube-apiserver`: upstream's names and defaults, and the embedded stores beside etcd. */
import { boolFlag, choiceFlag, durationFlag, type FlagValues, intFlag, listFlag, mapFlag, repeatedFlag, stringFlag } from '#component/flags'
import { runtimeConfigFlag } from './enabled-kinds.ts'
import { etcdFlags } from './etcd-flags.ts'
import { securityFlags } from './security-flags.ts'

export const apiServerFlags = {
  ...etcdFlags,
  ...securityFlags,
  'admission-control-config-file': stringFlag('', 'File with configuration for admission plugins.'),
  'advertise-address': stringFlag('', 'The IP address on which to advertise the API server to members of the cluster.'),
  'api-audiences': listFlag([], 'What service account tokens are for; the issuers unless told otherwise.'),
  'apiserver-count': intFlag(1, 'How many API servers the cluster has; for --endpoint-reconciler-type=master-count.'),
  'bind-address': stringFlag('0.0.0.0', 'The IP address on which to listen.'),
  'cert-dir': stringFlag('', 'Where a self-signed serving certificate is kept; below the data directory unless told otherwise.'),
  'client-ca-file': stringFlag('', 'Certificates of the authorities whose clients are let in by their certificate.'),
  'data-dir': stringFlag('/var/lib/navarch', 'Where the sqlite store and generated keys are kept.'),
  'disable-admission-plugins': listFlag([], 'Admission plugins that are on by default and shall be off.'),
  'enable-admission-plugins': listFlag([], 'Admission plugins that shall be on besides the default ones.'),
  'enable-bootstrap-token-auth': boolFlag(false, 'Lets the tokens of secrets of type bootstrap.kubernetes.io/token in.'),
  'endpoint-reconciler-type': choiceFlag(
    ['lease', 'master-count', 'none'],
    'lease',
    'Which API servers stand behind the service kubernetes: those whose leases live, as many as there are said to be, or what others write.',
  ),
  'etcd-compaction-interval': durationFlag(300_000, 'How often old revisions of the store are forgotten; 0 is never.'),
  'etcd-healthcheck-timeout': durationFlag(2000, 'How long the store may take to answer the health check.'),
  'etcd-readycheck-timeout': durationFlag(2000, 'How long the store may take to answer the readiness check.'),
  'etcd-servers-overrides': listFlag(
    [],
    'etcd servers of single resources, such as /events#http://10.0.0.1:2379;http://10.0.0.2:2379 (group/resource#servers).',
  ),
  'feature-gates': mapFlag({}, 'Features to turn on or off: Name=true,Other=false.'),
  'kubelet-certificate-authority': stringFlag('', 'Certificates of the authority of the kubelets.'),
  'kubelet-client-certificate': stringFlag('', 'Certificate with which the API server goes to kubelets.'),
  'kubelet-client-key': stringFlag('', 'Key of that certificate.'),
  'kubelet-preferred-address-types': listFlag(
    ['Hostname', 'InternalDNS', 'InternalIP', 'ExternalDNS', 'ExternalIP'],
    'By which addresses nodes are reached, best first.',
  ),
  'lease-reuse-duration-seconds': intFlag(60, 'How long a lease in the store is given to further objects that live for a limited time.'),
  'max-mutating-requests-inflight': intFlag(200, 'How many writing requests are worked on at once; 0 is no limit.'),
  'max-requests-inflight': intFlag(400, 'How many reading requests are worked on at once; 0 is no limit.'),
  'request-timeout': durationFlag(60_000, 'How long a request may take that is neither a watch nor a connection.'),
  'requestheader-allowed-names': listFlag([], 'Common names of front proxies; empty means any of their authority.'),
  'requestheader-client-ca-file': stringFlag('', 'Certificates of the authority of front proxies.'),
  'requestheader-extra-headers-prefix': listFlag([], 'Prefixes of headers with further facts about the user.'),
  'requestheader-group-headers': listFlag([], 'Headers that name groups.'),
  'requestheader-uid-headers': listFlag([], 'Headers that hold the uid.'),
  'requestheader-username-headers': listFlag([], 'Headers that name the user.'),
  'runtime-config': runtimeConfigFlag,
  'secure-port': intFlag(6443, 'The port on which to serve HTTPS.'),
  'service-account-extend-token-expiration': boolFlag(true, 'Lets tokens that kubelets mount live a year.'),
  'service-account-issuer': repeatedFlag([], 'Issuer of service account tokens; the first one signs, all are trusted.'),
  'service-account-key-file': repeatedFlag([], 'Files with keys whose service account tokens are trusted.'),
  'service-account-max-token-expiration': durationFlag(0, 'The longest life of an issued token; 0 is no limit.'),
  'service-account-signing-key-file': stringFlag('', 'The key that signs service account tokens; generated unless given.'),
  'service-cluster-ip-range': listFlag(['10.0.0.0/24'], 'The range, or one of each family, from which services get their addresses.'),
  'service-node-port-range': stringFlag('30000-32767', 'The ports from which services of type NodePort get theirs.'),
  'shutdown-delay-duration': durationFlag(0, 'How long the server serves on as not ready before it stops.'),
  'storage-backend': choiceFlag(
    ['', 'etcd3', 'sqlite', 'memory'],
    '',
    'Where objects are kept: "etcd3" on --etcd-servers, "sqlite" below the data directory, "memory" until the end; etcd3 where servers are given, else sqlite.',
  ),
  'storage-initialization-timeout': durationFlag(60_000, 'How long the store may take to answer at the start.'),
  'storage-media-type': choiceFlag(
    ['', 'application/vnd.kubernetes.protobuf', 'application/json'],
    '',
    'How objects are written to the store; protobuf on etcd3, else JSON, unless told otherwise.',
  ),
  'tls-cert-file': stringFlag('', 'The serving certificate, with its chain behind it.'),
  'tls-private-key-file': stringFlag('', 'The key of the serving certificate.'),
  'token-auth-file': stringFlag('', 'Tokens of users: token,user,uid,"group1,group2" a line.'),
} as const

export type ApiServerFlags = FlagValues<typeof apiServerFlags>
