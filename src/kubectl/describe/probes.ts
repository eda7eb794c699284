/** A container's probes, each on one line. */
import type { Container, HTTPGetAction, Probe } from '#kinds/core/types.gen'
import { goList, type Lines } from './lines.ts'

export function probeLines({ livenessProbe, readinessProbe, startupProbe }: Container): Lines {
  const probes: readonly (readonly [string, Probe | undefined])[] = [
    ['Liveness', livenessProbe],
    ['Readiness', readinessProbe],
    ['Startup', startupProbe],
  ]
  return probes.flatMap(([title, probe]) => (probe === undefined ? [] : [`${title}:\t${probeText(probe)}`]))
}

function probeText(probe: Probe): string {
  const times = `delay=${probe.initialDelaySeconds ?? 0}s timeout=${probe.timeoutSeconds ?? 0}s period=${probe.periodSeconds ?? 0}s`
  const limits = `${times} #success=${probe.successThreshold ?? 0} #failure=${probe.failureThreshold ?? 0}`
  const { exec, httpGet, tcpSocket, grpc } = probe
  if (exec !== undefined) return `exec ${goList(exec.command)} ${limits}`
  if (httpGet !== undefined) return `http-get ${urlOf(httpGet)} ${limits}`
  if (tcpSocket !== undefined) return `tcp-socket ${tcpSocket.host ?? ''}:${tcpSocket.port} ${limits}`
  if (grpc !== undefined) return `grpc <pod>:${grpc.port} ${grpc.service ?? ''} ${limits}`
  return `unknown ${limits}`
}

function urlOf({ scheme = '', host = '', port, path = '' }: HTTPGetAction): string {
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}`
  const rooted = path === '' || path.startsWith('/') ? path : `/${path}`
  return `${scheme === '' ? '' : `${scheme.toLowerCase()}:`}//${place}${escapedPath(rooted)}`
}

/** As Go writes the path of a URL. */
function escapedPath(path: string): string {
  return encodeURI(path).replace(/[?#!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
