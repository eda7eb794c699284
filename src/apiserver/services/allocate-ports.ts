/** A port of the nodes for each port of a service that needs one, and one for health checks. */
import { FieldPath } from '#meta/field-path'
import { internalError, StatusError } from '#meta/status'
import type { AllocationTurn, PortSupply, ServiceSpec } from './allocation-turn.ts'
import { needsHealthCheckPort, needsNodePorts } from './carried-over.ts'

type ServicePort = NonNullable<ServiceSpec['ports']>[number]
/** Undefined where the port was had, or the reason why it cannot be. */
type Claim = (port: number) => string | undefined
type Claims = { readonly claim: Claim; readonly claimAny: () => number | undefined }

const ports = FieldPath.of('spec', 'ports')

/** Throws 422 for a port that cannot be had, 500 where none is left. */
export function withPorts(supply: PortSupply, spec: ServiceSpec, old: ServiceSpec | undefined, turn: AllocationTurn): ServiceSpec {
  const claims = turn.isDryRun ? dryClaims(supply) : realClaims(supply, turn)
  const next = mayHaveNodePorts(spec)
    ? { ...spec, ports: old === undefined ? newPorts(spec, claims, turn) : changedPorts(spec, old, claims, turn) }
    : spec
  return withHealthCheckPort(next.ports === undefined ? spec : next, old, claims)
}

function mayHaveNodePorts({ type }: ServiceSpec): boolean {
  return type === 'NodePort' || type === 'LoadBalancer'
}

/** As upstream for a new service: one port for several protocols gets one node port. */
function newPorts(spec: ServiceSpec, claims: Claims, turn: AllocationTurn): ServiceSpec['ports'] {
  const chosen = new Map<number, number>()
  return spec.ports?.map((port, index) => {
    if (!port.nodePort && !needsNodePorts(spec)) return port
    const own = chosen.get(port.port)
    if (own !== undefined) {
      if (port.nodePort && port.nodePort !== own) claimGiven(port.nodePort, index, claims, turn)
      return port.nodePort ? port : { ...port, nodePort: own }
    }
    // What another protocol of the same port asks for, counts for this one too.
    const wanted = port.nodePort || spec.ports?.find((other) => other.port === port.port && other.nodePort)?.nodePort
    const nodePort = wanted ? claimGiven(wanted, index, claims, turn) : anyPort(claims)
    chosen.set(port.port, nodePort)
    return { ...port, nodePort: port.nodePort || nodePort }
  })
}

/** What the service has, it need not claim. */
function changedPorts(spec: ServiceSpec, old: ServiceSpec, claims: Claims, turn: AllocationTurn): ServiceSpec['ports'] {
  const own = new Set(mayHaveNodePorts(old) ? (old.ports ?? []).map((port) => port.nodePort) : [])
  const taken = new Set<string>()
  return spec.ports?.map((port, index) => {
    if (!port.nodePort && !needsNodePorts(spec)) return port
    const nodePort = port.nodePort ? port.nodePort : anyPort(claims)
    if (port.nodePort && !own.has(port.nodePort)) claimGiven(port.nodePort, index, claims, turn)
    own.add(nodePort)
    refuseTwice(port, nodePort, taken)
    return { ...port, nodePort }
  })
}

function refuseTwice({ protocol = 'TCP' }: ServicePort, nodePort: number, taken: Set<string>): void {
  const name = `${protocol} ${nodePort}`
  if (taken.has(name)) throw new StatusError(500, '', `duplicate nodePort: {${name}}`)
  taken.add(name)
}

function claimGiven(nodePort: number, index: number, { claim }: Claims, turn: AllocationTurn): number {
  const problem = claim(nodePort)
  if (problem !== undefined) throw turn.refusal(ports.index(index).field('nodePort'), nodePort, problem)
  return nodePort
}

function anyPort({ claimAny }: Claims): number {
  const port = claimAny()
  if (port === undefined) throw internalError('failed to allocate a nodePort: range is full')
  return port
}

function withHealthCheckPort(spec: ServiceSpec, old: ServiceSpec | undefined, { claim, claimAny }: Claims): ServiceSpec {
  if (!needsHealthCheckPort(spec)) return spec
  // One that is had stays: to change it is validation's to refuse.
  if (old !== undefined && needsHealthCheckPort(old) && old.healthCheckNodePort) {
    return { ...spec, healthCheckNodePort: spec.healthCheckNodePort || old.healthCheckNodePort }
  }
  const { healthCheckNodePort: wanted = 0 } = spec
  if (wanted !== 0) {
    const problem = claim(wanted)
    if (problem !== undefined) throw internalError(`failed to allocate requested HealthCheck NodePort ${wanted}: ${problem}`)
    return spec
  }
  const port = claimAny()
  if (port === undefined) throw internalError('failed to allocate a HealthCheck NodePort 0: range is full')
  return { ...spec, healthCheckNodePort: port }
}

const isTaken = 'provided port is already allocated'

function realClaims({ from, to, pool }: PortSupply, turn: AllocationTurn): Claims {
  return {
    claim(port) {
      if (port < from || port > to) return `provided port is not in the valid range. The range of valid ports is ${from}-${to}`
      if (!pool.claim(port - from)) return isTaken
      turn.keepPort(pool, port - from)
      return undefined
    },
    claimAny() {
      const offset = pool.claimAny()
      if (offset === undefined) return undefined
      turn.keepPort(pool, offset)
      return from + offset
    },
  }
}

/** As upstream: what a dry run shows as node port is none that could be given out, and one that is out of range is not refused. */
const firstDryPort = 32769

function dryClaims({ from, pool }: PortSupply): Claims {
  const claimed = new Set<number>()
  let next = firstDryPort
  return {
    claim(port) {
      if (claimed.has(port) || pool.isTaken(port - from)) return isTaken
      claimed.add(port)
      return undefined
    },
    claimAny: () => next++,
  }
}
