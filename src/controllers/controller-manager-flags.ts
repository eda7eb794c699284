/** The flags of kube-controller-manager that have an effect here, and how they become options. Names and defaults are upstream's. */
import { readFile } from 'node:fs/promises'
import { boolFlag, durationFlag, FlagError, type FlagValues, intFlag, listFlag, mapFlag, stringFlag } from '#component/flags'
import type { Credential } from '#net/pki/authority'
import type { ControllerOptions } from './all-controllers.ts'
import type { SignerName } from './certificates/signing.ts'
import { parseCidr } from './node-ipam/plan.ts'

export const controllerManagerFlags = {
  kubeconfig: stringFlag('', 'Path to a kubeconfig file with the API server and the credentials for it.'),
  master: stringFlag('', 'Address of the API server; stands in for the one in the kubeconfig.'),
  'feature-gates': mapFlag({}, 'Features to turn on or off: Name=true,Other=false.'),
  'use-service-account-credentials': boolFlag(false, 'Whether each controller works under a service account of its own.'),
  controllers: listFlag(['*'], "Controllers to run: '*' for all, 'name' for one, '-name' for all but that one."),
  'bind-address': stringFlag('0.0.0.0', 'Address to serve health and metrics on.'),
  'secure-port': intFlag(10257, 'Port to serve health and metrics on with HTTPS; 0 serves nothing.'),
  'tls-cert-file': stringFlag('', 'Certificate for HTTPS; without it a self-signed one is made.'),
  'tls-private-key-file': stringFlag('', 'Private key of --tls-cert-file.'),
  'leader-elect': boolFlag(true, 'Whether to become leader before working, so that several can stand by.'),
  'leader-elect-lease-duration': durationFlag(15_000, 'How long others wait before they take over a lease that is not renewed.'),
  'leader-elect-renew-deadline': durationFlag(10_000, 'How long the leader tries to renew before it gives up.'),
  'leader-elect-retry-period': durationFlag(2_000, 'Pause between attempts to become, or stay, leader.'),
  'leader-elect-resource-name': stringFlag('kube-controller-manager', 'Name of the Lease.'),
  'leader-elect-resource-namespace': stringFlag('kube-system', 'Namespace of the Lease.'),
  'root-ca-file': stringFlag('', 'Certificate authority to publish in every namespace.'),
  'cluster-signing-cert-file': stringFlag('', 'Certificate of the authority that signs certificate requests.'),
  'cluster-signing-key-file': stringFlag('', 'Private key of --cluster-signing-cert-file.'),
  'cluster-signing-duration': durationFlag(365 * 24 * 3_600_000, 'The longest life of a signed certificate.'),
  'allocate-node-cidrs': boolFlag(false, 'Whether to give nodes ranges of pod addresses.'),
  'cluster-cidr': stringFlag('', 'Range of pod addresses of the cluster.'),
  'node-cidr-mask-size': intFlag(24, "Size of a node's range, as the length of its prefix."),
  'node-monitor-grace-period': durationFlag(50_000, 'How long a node may be silent before it counts as unhealthy.'),
  'node-startup-grace-period': durationFlag(60_000, 'The same for a node that has just begun.'),
  'max-endpoints-per-slice': intFlag(100, 'How many endpoints an EndpointSlice may hold.'),
  'horizontal-pod-autoscaler-sync-period': durationFlag(15_000, 'How often autoscalers look at their metrics.'),
  'horizontal-pod-autoscaler-downscale-stabilization': durationFlag(300_000, 'How far back autoscalers look before they scale down.'),
  'horizontal-pod-autoscaler-tolerance': stringFlag('0.1', 'How far use may be from its target, as a share, before anything is scaled.'),
  'horizontal-pod-autoscaler-cpu-initialization-period': durationFlag(300_000, "How long a pod's cpu may be that of its start."),
  'horizontal-pod-autoscaler-initial-readiness-delay': durationFlag(30_000, 'How soon after its start a pod is ready for the first time.'),
  'terminated-pod-gc-threshold': intFlag(12_500, 'How many finished pods are kept; 0 keeps all.'),
}

export type ControllerManagerFlags = FlagValues<typeof controllerManagerFlags>

/** Reads the files that flags name. Throws a FlagError for what does not fit together. */
export async function optionsOf(flags: ControllerManagerFlags): Promise<ControllerOptions> {
  const authority = await credentialOf(flags['cluster-signing-cert-file'], flags['cluster-signing-key-file'])
  return {
    controllers: flags.controllers,
    rootCaPem: flags['root-ca-file'] === '' ? undefined : await readFile(flags['root-ca-file'], 'utf8'),
    signing: { authorities: authority === undefined ? {} : forAllSigners(authority), durationMs: flags['cluster-signing-duration'] },
    nodeIpam: nodeIpamOf(flags),
    nodeMonitorGraceMs: flags['node-monitor-grace-period'],
    nodeStartupGraceMs: flags['node-startup-grace-period'],
    endpointsPerSliceMax: flags['max-endpoints-per-slice'],
    terminatedPodCountMax: flags['terminated-pod-gc-threshold'],
    autoscaling: autoscalingOf(flags),
  }
}

function autoscalingOf(flags: ControllerManagerFlags): ControllerOptions['autoscaling'] {
  const text = flags['horizontal-pod-autoscaler-tolerance']
  const tolerance = Number(text)
  if (text === '' || !(tolerance >= 0))
    throw new FlagError(`--horizontal-pod-autoscaler-tolerance ${JSON.stringify(text)} is no share such as 0.1`)
  return {
    syncPeriodMs: flags['horizontal-pod-autoscaler-sync-period'],
    downscaleStabilizationMs: flags['horizontal-pod-autoscaler-downscale-stabilization'],
    tolerance,
    patience: {
      cpuInitializationMs: flags['horizontal-pod-autoscaler-cpu-initialization-period'],
      initialReadinessDelayMs: flags['horizontal-pod-autoscaler-initial-readiness-delay'],
    },
  }
}

export async function credentialOf(certificateFile: string, keyFile: string): Promise<Credential | undefined> {
  if (certificateFile === '' || keyFile === '') return undefined
  const [certificatePem, privateKeyPem] = await Promise.all([readFile(certificateFile, 'utf8'), readFile(keyFile, 'utf8')])
  return { certificatePem, privateKeyPem }
}

/** One authority signs for all of upstream's signers. */
export function forAllSigners(authority: Credential): Readonly<Record<SignerName, Credential>> {
  return {
    'kubernetes.io/kube-apiserver-client': authority,
    'kubernetes.io/kube-apiserver-client-kubelet': authority,
    'kubernetes.io/kubelet-serving': authority,
    'kubernetes.io/legacy-unknown': authority,
  }
}

function nodeIpamOf(flags: ControllerManagerFlags): ControllerOptions['nodeIpam'] {
  if (!flags['allocate-node-cidrs']) return undefined
  const clusterCidr = parseCidr(flags['cluster-cidr'])
  if (clusterCidr === undefined)
    throw new FlagError(
      `--cluster-cidr ${JSON.stringify(flags['cluster-cidr'])} is no range of IPv4 addresses; --allocate-node-cidrs needs one`,
    )
  const nodePrefix = flags['node-cidr-mask-size']
  if (nodePrefix < clusterCidr.prefix || nodePrefix > 30)
    throw new FlagError(`--node-cidr-mask-size ${nodePrefix} does not fit into --cluster-cidr ${flags['cluster-cidr']}`)
  return { clusterCidr, nodePrefix }
}
