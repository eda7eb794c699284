/** kube-proxy's flags, and the configuration they stand for when there is no file. */
import { boolFlag, durationFlag, type FlagValues, intFlag, listFlag, stringFlag } from '#component/flags'
import { type ProxyConfig, parseDetectLocalMode, parseMode } from './proxy-config.ts'

export const proxyFlags = {
  config: stringFlag('', 'a KubeProxyConfiguration file; it goes before all flags but --hostname-override'),
  kubeconfig: stringFlag('', 'how to reach the API server'),
  master: stringFlag('', "address of the API server; goes before the kubeconfig's"),
  'hostname-override': stringFlag('', "name of the node instead of the machine's"),
  'bind-address': stringFlag('0.0.0.0', 'overrides the address that the proxy takes for its node'),
  'healthz-bind-address': stringFlag('0.0.0.0:10256', 'address and port of the health check; empty turns it off'),
  'metrics-bind-address': stringFlag('127.0.0.1:10249', 'address and port of the metrics; empty turns them off'),
  'proxy-mode': stringFlag('', "'nftables'; 'iptables' and 'ipvs' are accepted and done by nftables"),
  'cluster-cidr': stringFlag('', "the pods' ranges; what comes from elsewhere to a cluster IP is masqueraded"),
  'nodeport-addresses': listFlag([], "ranges of addresses on which node ports are open; 'primary' means the node's own"),
  'detect-local-mode': stringFlag('', "how pods' traffic is known: ClusterCIDR, NodeCIDR, BridgeInterface or InterfaceNamePrefix"),
  'pod-bridge-interface': stringFlag('', 'the bridge that pods of the node hang on'),
  'pod-interface-name-prefix': stringFlag('', "how the names of pods' interfaces begin"),
  'masquerade-all': boolFlag(false, 'masquerade every call to a cluster IP'),
  'iptables-min-sync-period': durationFlag(1000, 'shortest time between two changes of the rules'),
  'conntrack-max-per-core': intFlag(32_768, 'connections to track for each core; 0 leaves the limit as it is'),
  'conntrack-min': intFlag(131_072, 'connections to track at least'),
  'conntrack-tcp-timeout-established': durationFlag(24 * 3600_000, 'how long an idle TCP connection is remembered; 0 leaves it as it is'),
  'conntrack-tcp-timeout-close-wait': durationFlag(3600_000, 'how long a half-closed TCP connection is remembered'),
  'conntrack-tcp-be-liberal': boolFlag(false, 'take TCP packets outside of the window for valid'),
  'conntrack-udp-timeout': durationFlag(0, 'how long an unanswered UDP flow is remembered; 0 leaves it as it is'),
  'conntrack-udp-timeout-stream': durationFlag(0, 'how long an answered UDP flow is remembered; 0 leaves it as it is'),
  cleanup: boolFlag(false, "take the proxy's rules away and end"),
  'init-only': boolFlag(false, 'make the settings that need full privileges, and end'),
}

export type ProxyFlagValues = FlagValues<typeof proxyFlags>

export function configOfFlags(values: ProxyFlagValues): ProxyConfig {
  return {
    mode: parseMode(values['proxy-mode']),
    kubeconfig: values.kubeconfig,
    hostnameOverride: values['hostname-override'],
    bindAddress: values['bind-address'],
    healthzBindAddress: values['healthz-bind-address'],
    metricsBindAddress: values['metrics-bind-address'],
    clusterCidr: values['cluster-cidr'],
    nodePortAddresses: values['nodeport-addresses'],
    detectLocalMode: parseDetectLocalMode(values['detect-local-mode']),
    bridgeInterface: values['pod-bridge-interface'],
    interfaceNamePrefix: values['pod-interface-name-prefix'],
    masqueradeAll: values['masquerade-all'],
    minSyncPeriodMs: values['iptables-min-sync-period'],
    conntrack: {
      maxPerCore: values['conntrack-max-per-core'],
      min: values['conntrack-min'],
      tcpEstablishedTimeoutMs: values['conntrack-tcp-timeout-established'],
      tcpCloseWaitTimeoutMs: values['conntrack-tcp-timeout-close-wait'],
      tcpBeLiberal: values['conntrack-tcp-be-liberal'],
      udpTimeoutMs: values['conntrack-udp-timeout'],
      udpStreamTimeoutMs: values['conntrack-udp-timeout-stream'],
    },
  }
}
