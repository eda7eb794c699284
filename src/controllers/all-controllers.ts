/** The one list of controllers, under the names by which `--controllers` calls them. A new controller is one line here. */
import type { Credential } from '#net/pki/authority'
import type { Controller } from '#reconcile/controller'
import { type RunnerDeps, runController } from '#reconcile/runner'
import { approvingController } from './certificates/approving.ts'
import { cleanerController } from './certificates/cleaner.ts'
import { type SignerName, signingController } from './certificates/signing.ts'
import { clusterRoleAggregation } from './cluster-role-aggregation/controller.ts'
import { cronJobController } from './cron-job/controller.ts'
import { daemonSetController } from './daemon-set/controller.ts'
import { deploymentController } from './deployment/controller.ts'
import { disruptionController } from './disruption/controller.ts'
import { endpointSliceController } from './endpoint-slice/controller.ts'
import { endpointSliceMirroring } from './endpoint-slice-mirroring/controller.ts'
import { endpointsController } from './endpoints/controller.ts'
import { ephemeralVolumeController } from './ephemeral-volume/controller.ts'
import { runGarbageCollector } from './garbage-collector/garbage-collector.ts'
import { type AutoscalerOptions, horizontalPodAutoscaler } from './horizontal-pod-autoscaler/controller.ts'
import { jobController } from './job/controller.ts'
import { orphanPodsController } from './job/orphan-pods.ts'
import { namespaceController } from './namespace/controller.ts'
import { nodeIpamController } from './node-ipam/controller.ts'
import type { Cidr } from './node-ipam/plan.ts'
import { nodeLifecycleController } from './node-lifecycle/controller.ts'
import { claimBinder } from './persistent-volume-binder/claim-binder.ts'
import { volumeBinder } from './persistent-volume-binder/volume-binder.ts'
import { podGcController } from './pod-gc/controller.ts'
import { replicaSetController } from './replica-set/controller.ts'
import { replicationController } from './replication-controller/controller.ts'
import { resourceQuotaController } from './resource-quota/controller.ts'
import { rootCaPublisher } from './root-ca/controller.ts'
import { serviceAccountController } from './service-account/controller.ts'
import { serviceCidrController } from './service-cidr/controller.ts'
import { statefulSetController } from './stateful-set/controller.ts'
import { attributesClassProtection } from './storage-protection/attributes-classes.ts'
import { claimProtection } from './storage-protection/claims.ts'
import { volumeProtection } from './storage-protection/volumes.ts'
import { taintEvictionController } from './taint-eviction/controller.ts'
import { ttlAfterFinished } from './ttl-after-finished/controller.ts'

export type ControllerOptions = {
  /** `*`, names, and names with a minus in front, as upstream's `--controllers`. */
  readonly controllers: readonly string[]
  /** What pods verify the API server with; not published without it. */
  readonly rootCaPem?: string | undefined
  readonly signing: { readonly authorities: Partial<Readonly<Record<SignerName, Credential>>>; readonly durationMs: number }
  /** Ranges for nodes are given out only with it. */
  readonly nodeIpam?: { readonly clusterCidr: Cidr; readonly nodePrefix: number } | undefined
  readonly nodeMonitorGraceMs: number
  readonly nodeStartupGraceMs: number
  readonly endpointsPerSliceMax: number
  readonly terminatedPodCountMax: number
  readonly autoscaling: AutoscalerOptions
}

export const defaultControllerOptions: ControllerOptions = {
  controllers: ['*'],
  signing: { authorities: {}, durationMs: 365 * 24 * 3_600_000 },
  nodeMonitorGraceMs: 50_000,
  nodeStartupGraceMs: 60_000,
  endpointsPerSliceMax: 100,
  terminatedPodCountMax: 12_500,
  autoscaling: {
    syncPeriodMs: 15_000,
    downscaleStabilizationMs: 300_000,
    tolerance: 0.1,
    patience: { cpuInitializationMs: 300_000, initialReadinessDelayMs: 30_000 },
  },
}

/** Something that runs until it is told to stop. */
export type Loop = { readonly name: string; readonly run: (deps: RunnerDeps, signal: AbortSignal) => Promise<void> }

export function allControllers(options: ControllerOptions): readonly Loop[] {
  const { rootCaPem, nodeIpam, signing } = options
  const nodeLifecycle = { gracePeriodMs: options.nodeMonitorGraceMs, startupGracePeriodMs: options.nodeStartupGraceMs }
  const loops: readonly Loop[] = [
    loop('certificatesigningrequest-approving-controller', approvingController),
    loop('certificatesigningrequest-cleaner-controller', cleanerController),
    loop('certificatesigningrequest-signing-controller', signingController(signing)),
    loop('clusterrole-aggregation-controller', clusterRoleAggregation),
    loop('cronjob-controller', cronJobController),
    loop('daemonset-controller', daemonSetController()),
    loop('deployment-controller', deploymentController),
    loop('disruption-controller', disruptionController),
    loop('endpoints-controller', endpointsController),
    loop('endpointslice-controller', endpointSliceController(options.endpointsPerSliceMax)),
    loop('endpointslice-mirroring-controller', endpointSliceMirroring),
    loop('ephemeral-volume-controller', ephemeralVolumeController),
    { name: 'garbage-collector-controller', run: runGarbageCollector },
    loop('horizontal-pod-autoscaler-controller', horizontalPodAutoscaler(options.autoscaling)),
    loop('job-controller', jobController(), orphanPodsController),
    loop('namespace-controller', namespaceController),
    ...(nodeIpam === undefined ? [] : [loop('node-ipam-controller', nodeIpamController(nodeIpam))]),
    loop('node-lifecycle-controller', nodeLifecycleController(nodeLifecycle)),
    loop('persistentvolume-binder-controller', claimBinder, volumeBinder),
    loop('persistentvolume-protection-controller', volumeProtection),
    loop('persistentvolumeclaim-protection-controller', claimProtection),
    loop('pod-garbage-collector-controller', podGcController(options.terminatedPodCountMax)),
    loop('replicaset-controller', replicaSetController),
    loop('replicationcontroller-controller', replicationController),
    loop('resourcequota-controller', resourceQuotaController()),
    ...(rootCaPem === undefined ? [] : [loop('root-ca-certificate-publisher-controller', rootCaPublisher(rootCaPem))]),
    loop('service-cidr-controller', serviceCidrController),
    loop('serviceaccount-controller', serviceAccountController),
    loop('statefulset-controller', statefulSetController),
    loop('taint-eviction-controller', taintEvictionController),
    loop('ttl-after-finished-controller', ttlAfterFinished),
    loop('volumeattributesclass-protection-controller', attributesClassProtection),
  ]
  return loops.filter(({ name }) => isChosen(name, options.controllers))
}

/** Controllers of one name are turned on and off together. */
function loop(name: string, ...controllers: readonly Controller[]): Loop {
  return {
    name,
    async run(deps, signal) {
      await Promise.all(controllers.map((controller) => runController(deps, controller, signal)))
    },
  }
}

/** What is named decides; the star stands for all that is not. */
export function isChosen(name: string, chosen: readonly string[]): boolean {
  if (chosen.includes(name)) return true
  return !chosen.includes(`-${name}`) && chosen.includes('*')
}
