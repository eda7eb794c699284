/** The kubelet's configuration file, `KubeletConfiguration`: the fields that are read, and those that are only known. */
import type { ConfigDocument, ConfigShape } from '#component/config-file'
import type { Taint } from '#kinds/core/types.gen'

/** Every field of upstream's v1beta1; those without effect here are taken without complaint. */
const fieldNames = `
  enableServer staticPodPath podLogsDir syncFrequency fileCheckFrequency httpCheckFrequency staticPodURL staticPodURLHeader address port readOnlyPort
  tlsCertFile tlsPrivateKeyFile tlsCipherSuites tlsMinVersion tlsCurvePreferences rotateCertificates serverTLSBootstrap authentication authorization
  registryPullQPS registryBurst imagePullCredentialsVerificationPolicy preloadedImagesVerificationAllowlist eventRecordQPS eventBurst
  enableDebuggingHandlers enableContentionProfiling healthzPort healthzBindAddress oomScoreAdj clusterDomain clusterDNS streamingConnectionIdleTimeout
  nodeStatusUpdateFrequency nodeStatusReportFrequency nodeLeaseDurationSeconds imageMinimumGCAge imageMaximumGCAge imageGCHighThresholdPercent
  imageGCLowThresholdPercent volumeStatsAggPeriod kubeletCgroups systemCgroups cgroupRoot cgroupsPerQOS cgroupDriver singleProcessOOMKill
  cpuManagerPolicy cpuManagerPolicyOptions cpuManagerReconcilePeriod memoryManagerPolicy topologyManagerPolicy topologyManagerScope
  topologyManagerPolicyOptions qosReserved runtimeRequestTimeout hairpinMode maxPods podCIDR podPidsLimit resolvConf runOnce cpuCFSQuota
  cpuCFSQuotaPeriod nodeStatusMaxImages maxOpenFiles contentType kubeAPIQPS kubeAPIBurst serializeImagePulls maxParallelImagePulls evictionHard
  evictionSoft evictionSoftGracePeriod evictionPressureTransitionPeriod evictionMaxPodGracePeriod evictionMinimumReclaim mergeDefaultEvictionSettings
  podsPerCore enableControllerAttachDetach protectKernelDefaults makeIPTablesUtilChains iptablesMasqueradeBit iptablesDropBit featureGates failSwapOn
  memorySwap containerLogMaxSize containerLogMaxFiles containerLogMaxWorkers containerLogMonitorInterval configMapAndSecretChangeDetectionStrategy
  systemReserved kubeReserved reservedSystemCPUs showHiddenMetricsForVersion systemReservedCgroup kubeReservedCgroup enforceNodeAllocatable
  allowedUnsafeSysctls volumePluginDir providerID kernelMemcgNotification logging enableSystemLogHandler enableSystemLogQuery shutdownGracePeriod
  shutdownGracePeriodCriticalPods shutdownGracePeriodByPodPriority crashLoopBackOff reservedMemory enableProfilingHandler enableDebugFlagsHandler
  seccompDefault memoryThrottlingFactor memoryReservationPolicy registerWithTaints registerNode tracing localStorageCapacityIsolation containerRuntimeEndpoint
  imageServiceEndpoint failCgroupV1 userNamespaces
`

export const kubeletConfigShape: ConfigShape = {
  apiVersions: ['kubelet.config.k8s.io/v1beta1'],
  kind: 'KubeletConfiguration',
  fields: fieldNames.trim().split(/\s+/),
}

export type KubeletConfig = {
  readonly address: string
  readonly port: number
  readonly clientCaFile: string
  readonly tlsCertFile: string
  readonly tlsPrivateKeyFile: string
  readonly cgroupRoot: string
  readonly clusterDns: readonly string[]
  readonly clusterDomain: string
  readonly resolvConf: string
  readonly containerRuntimeEndpoint: string
  readonly podLogsDir: string
  readonly maxPods: number
  readonly leaseDurationSeconds: number
  readonly registerWithTaints: readonly Taint[]
}

export function kubeletConfigOf(document: ConfigDocument): KubeletConfig {
  const text = (field: string, fallback: string) => (typeof document[field] === 'string' ? document[field] : fallback)
  const number = (field: string, fallback: number) => (typeof document[field] === 'number' ? document[field] : fallback)
  const { x509 } = (document['authentication'] ?? {}) as { readonly x509?: { readonly clientCAFile?: string } }
  return {
    address: text('address', '0.0.0.0'),
    port: number('port', 10250),
    clientCaFile: x509?.clientCAFile ?? '',
    tlsCertFile: text('tlsCertFile', ''),
    tlsPrivateKeyFile: text('tlsPrivateKeyFile', ''),
    cgroupRoot: text('cgroupRoot', '/'),
    clusterDns: (document['clusterDNS'] ?? []) as readonly string[],
    clusterDomain: text('clusterDomain', 'cluster.local'),
    resolvConf: text('resolvConf', '/etc/resolv.conf'),
    containerRuntimeEndpoint: text('containerRuntimeEndpoint', 'unix:///run/containerd/containerd.sock'),
    podLogsDir: text('podLogsDir', '/var/log/pods'),
    maxPods: number('maxPods', 110),
    leaseDurationSeconds: number('nodeLeaseDurationSeconds', 40),
    registerWithTaints: (document['registerWithTaints'] ?? []) as readonly Taint[],
  }
}
