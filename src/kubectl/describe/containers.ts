/** The containers of a pod or of a pod template. */
import type {
  Container,
  ContainerPort,
  ContainerState,
  ContainerStatus,
  Pod,
  ResourceRequirements,
  VolumeMount,
} from '#kinds/core/types.gen'
import { environmentLines } from './environment.ts'
import { boolText, byKey, compareText, indented, type Lines, longTime, onlyIf, orNone } from './lines.ts'
import { probeLines } from './probes.ts'

/** What a pod knows of its containers; a template knows nothing. */
type Running = { readonly pod: Pod; readonly statuses: readonly ContainerStatus[] }

type Look = { readonly running?: Running; readonly margin?: '' | '  ' }

/** `margin` is the indentation of the section; the facts below a container's name stand where they always stand. */
export function containerLines(title: string, containers: readonly Container[], { running, margin = '' }: Look = {}): Lines {
  if (containers.length === 0) return [`${margin}${title}: <none>`]
  const nameMargin = margin === '' ? '  ' : '   '
  return [
    `${margin}${title}:`,
    ...containers.flatMap((container) => [`${nameMargin}${container.name}:`, ...indented(factLines(container, running), 2)]),
  ]
}

function factLines(container: Container, running: Running | undefined): Lines {
  const status = running?.statuses.find(({ name }) => name === container.name)
  return [
    ...identityLines(container, status),
    ...wordLines('Command', container.command),
    ...wordLines('Args', container.args),
    ...(status === undefined ? [] : statusLines(status)),
    ...resourceLines(container.resources),
    ...probeLines(container),
    ...environmentLines(container, running?.pod),
    ...mountLines(container),
  ]
}

function identityLines({ image = '', ports = [], securityContext }: Container, status: ContainerStatus | undefined): Lines {
  const profile = securityContext?.seccompProfile
  return [
    ...(status === undefined ? [] : [`Container ID:\t${status.containerID ?? ''}`]),
    `Image:\t${image}`,
    ...(status === undefined ? [] : [`Image ID:\t${status.imageID ?? ''}`]),
    portLine('Port', ports, (port) => port.containerPort),
    portLine('Host Port', ports, (port) => port.hostPort ?? 0),
    ...(profile === undefined ? [] : [`SeccompProfile:\t${profile.type}`]),
    ...(profile?.type === 'Localhost' ? [`  LocalhostProfile:\t${profile.localhostProfile ?? ''}`] : []),
  ]
}

function portLine(title: string, ports: readonly ContainerPort[], numberOf: (port: ContainerPort) => number): string {
  const texts = ports.map((port) => `${numberOf(port)}/${port.protocol ?? ''}${port.name ? ` (${port.name})` : ''}`)
  return `${title}${ports.length > 1 ? 's' : ''}:\t${orNone(texts.join(', '))}`
}

function wordLines(title: string, words: readonly string[] = []): Lines {
  return words.length === 0 ? [] : [`${title}:`, ...words.flatMap((word) => word.split('\n')).map((line) => `  ${line}`)]
}

function statusLines(status: ContainerStatus): Lines {
  const { state = {}, lastState, ready, restartCount } = status
  return [
    ...stateLines('State', state),
    ...(lastState?.terminated === undefined ? [] : stateLines('Last State', lastState)),
    `Ready:\t${boolText(ready)}`,
    `Restart Count:\t${restartCount}`,
  ]
}

function stateLines(title: string, { running, waiting, terminated }: ContainerState): Lines {
  if (running !== undefined) return [`${title}:\tRunning`, `  Started:\t${longTime(running.startedAt)}`]
  if (terminated === undefined) return [`${title}:\tWaiting`, ...onlyIf(!!waiting?.reason, `  Reason:\t${waiting?.reason}`)]
  const { reason, message, exitCode, signal = 0, startedAt, finishedAt } = terminated
  return [
    `${title}:\tTerminated`,
    ...onlyIf(!!reason, `  Reason:\t${reason}`),
    ...onlyIf(!!message, ...`  Message:\t${message}`.split('\n')),
    `  Exit Code:\t${exitCode}`,
    ...onlyIf(signal > 0, `  Signal:\t${signal}`),
    `  Started:\t${longTime(startedAt)}`,
    `  Finished:\t${longTime(finishedAt)}`,
  ]
}

export function resourceLines({ limits = {}, requests = {} }: ResourceRequirements = {}): Lines {
  const block = (title: string, amounts: Readonly<Record<string, string>>) => {
    const entries = Object.entries(amounts).toSorted(byKey)
    return entries.length === 0 ? [] : [`${title}:`, ...entries.map(([name, quantity]) => `  ${name}:\t${quantity}`)]
  }
  return [...block('Limits', limits), ...block('Requests', requests)]
}

function mountLines({ volumeMounts = [], volumeDevices = [] }: Container): Lines {
  const mounts = volumeMounts.toSorted((a, b) => compareText(a.mountPath, b.mountPath)).map(mountLine)
  const devices = volumeDevices.toSorted((a, b) => compareText(a.devicePath, b.devicePath))
  return [
    ...(mounts.length === 0 ? ['Mounts:\t<none>'] : ['Mounts:', ...mounts]),
    ...onlyIf(devices.length > 0, `Devices:${mounts.length === 0 ? '\t<none>' : ''}`),
    ...devices.map(({ devicePath, name }) => `  ${devicePath} from ${name}`),
  ]
}

function mountLine({ mountPath, name, readOnly, subPath = '' }: VolumeMount): string {
  const flags = [readOnly ? 'ro' : 'rw', ...onlyIf(subPath !== '', `path=${JSON.stringify(subPath)}`)]
  return `  ${mountPath} from ${name} (${flags.join(',')})`
}
