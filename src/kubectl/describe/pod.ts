/** A pod: where it runs, how its containers are, what happened to it. */
import type { Pod } from '#kinds/core/types.gen'
import { ageOf } from '#meta/table'
import { containerLines, resourceLines } from './containers.ts'
import { controllerLines, labelAndAnnotationLines, nameLines } from './identity.ts'
import { indented, type Lines, labelLines, longTime, onlyIf } from './lines.ts'
import { spreadLines, tolerationLines } from './placement.ts'
import type { Surroundings } from './surroundings.ts'
import { volumeLines } from './volumes.ts'

export async function describePod(pod: Pod, around: Surroundings): Promise<Lines> {
  const spec = pod.spec ?? { containers: [] }
  const status = pod.status ?? {}
  return [
    ...nameLines(pod),
    ...placeLines(pod),
    ...labelAndAnnotationLines(pod),
    ...statusLines(pod, around.nowMs),
    ...addressLines(pod),
    ...controllerLines(pod),
    ...onlyIf(!!status.nominatedNodeName, `NominatedNodeName:\t${status.nominatedNodeName}`),
    ...(spec.resources === undefined ? [] : ['Resources:', ...indented(resourceLines(spec.resources))]),
    ...allContainerLines(pod),
    ...gateLines(pod),
    ...podConditionLines(pod),
    ...volumeLines(spec.volumes),
    ...onlyIf(!!status.qosClass, `QoS Class:\t${status.qosClass}`),
    ...labelLines('Node-Selectors', spec.nodeSelector),
    ...tolerationLines('Tolerations', spec.tolerations),
    ...spreadLines(spec.topologySpreadConstraints),
    ...(await around.events(pod)),
  ]
}

function placeLines({ spec, status }: Pod): Lines {
  const { priority, priorityClassName, runtimeClassName, serviceAccountName, nodeName } = spec ?? {}
  return [
    ...onlyIf(priority !== undefined, `Priority:\t${priority}`),
    ...onlyIf(!!priorityClassName, `Priority Class Name:\t${priorityClassName}`),
    ...onlyIf(!!runtimeClassName, `Runtime Class Name:\t${runtimeClassName}`),
    ...onlyIf(!!serviceAccountName, `Service Account:\t${serviceAccountName}`),
    `Node:\t${nodeName ? `${nodeName}/${status?.hostIP ?? ''}` : '<none>'}`,
    ...onlyIf(status?.startTime !== undefined, `Start Time:\t${longTime(status?.startTime)}`),
  ]
}

function statusLines({ metadata, spec, status = {} }: Pod, nowMs: number): Lines {
  const { phase = '', reason, message } = status
  const isEnding = metadata.deletionTimestamp !== undefined && phase !== 'Failed' && phase !== 'Succeeded'
  const profile = spec?.securityContext?.seccompProfile
  return [
    isEnding ? `Status:\tTerminating (lasts ${ageOf(metadata.deletionTimestamp, nowMs)})` : `Status:\t${phase}`,
    ...onlyIf(isEnding, `Termination Grace Period:\t${metadata.deletionGracePeriodSeconds ?? 0}s`),
    ...onlyIf(!!reason, `Reason:\t${reason}`),
    ...onlyIf(!!message, ...`Message:\t${message}`.split('\n')),
    ...onlyIf(profile !== undefined, `SeccompProfile:\t${profile?.type}`),
    ...onlyIf(profile?.type === 'Localhost', `LocalhostProfile:\t${profile?.localhostProfile}`),
  ]
}

function addressLines({ status }: Pod): Lines {
  const { podIP = '', podIPs = [] } = status ?? {}
  return [`IP:\t${podIP}`, ...(podIPs.length === 0 ? ['IPs:\t<none>'] : ['IPs:', ...podIPs.map(({ ip }) => `  IP:\t${ip}`)])]
}

function allContainerLines(pod: Pod): Lines {
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec ?? { containers: [] }
  const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = pod.status ?? {}
  return [
    ...(initContainers.length === 0
      ? []
      : containerLines('Init Containers', initContainers, { running: { pod, statuses: initContainerStatuses } })),
    ...containerLines('Containers', containers, { running: { pod, statuses: containerStatuses } }),
    ...(ephemeralContainers.length === 0
      ? []
      : containerLines('Ephemeral Containers', ephemeralContainers, { running: { pod, statuses: ephemeralContainerStatuses } })),
  ]
}

function gateLines({ spec, status }: Pod): Lines {
  const gates = spec?.readinessGates ?? []
  if (gates.length === 0) return []
  const rows = gates.map(({ conditionType }) => {
    const condition = status?.conditions?.find(({ type }) => type === conditionType)
    return `  ${conditionType} \t${condition?.status ?? '<none>'} `
  })
  return ['Readiness Gates:', '  Type\tStatus', ...rows]
}

function podConditionLines({ status }: Pod): Lines {
  const conditions = status?.conditions ?? []
  if (conditions.length === 0) return []
  return ['Conditions:', '  Type\tStatus', ...conditions.map(({ type, status: state }) => `  ${type} \t${state} `)]
}
