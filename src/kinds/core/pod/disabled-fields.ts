/** Fields whose feature is off are dropped when a pod is made (upstream: DropDisabledPodFields). */
import type { Container, PodSpec, Volume } from '../types.gen.ts'

/** Without stop signals, cluster trust bundles, pod certificates and pod groups, whose features are off in v1.36. */
export function withoutDisabledFields({ schedulingGroup: _, ...spec }: PodSpec): PodSpec {
  const { containers, initContainers, volumes } = spec
  return {
    ...spec,
    containers: (containers ?? []).map(withoutStopSignal),
    ...(initContainers === undefined ? {} : { initContainers: initContainers.map(withoutStopSignal) }),
    ...(volumes === undefined ? {} : { volumes: volumes.map(withoutTrustBundles) }),
  }
}

function withoutStopSignal(container: Container): Container {
  if (container.lifecycle?.stopSignal === undefined) return container
  const { stopSignal: _, ...lifecycle } = container.lifecycle
  const { lifecycle: __, ...rest } = container
  return Object.keys(lifecycle).length === 0 ? rest : { ...rest, lifecycle }
}

function withoutTrustBundles(volume: Volume): Volume {
  const { projected } = volume
  if (!projected?.sources?.some((source) => source.clusterTrustBundle ?? source.podCertificate)) return volume
  return {
    ...volume,
    projected: { ...projected, sources: projected.sources.map(({ clusterTrustBundle: _, podCertificate: __, ...source }) => source) },
  }
}
