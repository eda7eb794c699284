/** Which tracked UDP flows contradict the rules. Pure: what is tracked now is compared with what is wanted now. */
import { endpointsOf, type ServiceRules } from '../../model/service-rules.ts'

/** Where a client called, and who answers: the same address unless it was translated. */
export type Flow = { readonly address: string; readonly port: number; readonly answeredBy: string }
/** All flows of one called address and port that one endpoint answers. */
export type StaleFlows = Flow

/** Reads lines such as `udp 17 29 src=… dst=… sport=… dport=… [UNREPLIED] src=… dst=… sport=… dport=… mark=0 use=1`. */
export function parseFlows(listed: string): readonly Flow[] {
  return listed.split('\n').flatMap((line) => {
    const fields = [...line.matchAll(/\b(src|dst|dport)=(\S+)/g)].map(([, name, value]) => ({ name, value: value ?? '' }))
    const valuesOf = (name: string) => fields.filter((field) => field.name === name).map(({ value }) => value)
    const [address, port, answeredBy] = [valuesOf('dst')[0], valuesOf('dport')[0], valuesOf('src')[1]]
    return address === undefined || port === undefined || answeredBy === undefined ? [] : [{ address, port: Number(port), answeredBy }]
  })
}

export function staleFlows(flows: readonly Flow[], udpRules: readonly ServiceRules[]): readonly StaleFlows[] {
  const wanted = wantedAnswers(udpRules)
  const stale = new Map<string, StaleFlows>()
  for (const flow of flows) {
    const isTranslated = flow.address !== flow.answeredBy
    const answers = wanted.byAddress.get(`${flow.address} ${flow.port}`) ?? (isTranslated ? wanted.byNodePort.get(flow.port) : undefined)
    // What is not in the rules is not ours to end.
    if (answers === undefined || answers.has(flow.answeredBy)) continue
    stale.set(`${flow.address} ${flow.port} ${flow.answeredBy}`, flow)
  }
  return [...stale.values()]
}

function wantedAnswers(udpRules: readonly ServiceRules[]): {
  readonly byAddress: ReadonlyMap<string, ReadonlySet<string>>
  readonly byNodePort: ReadonlyMap<number, ReadonlySet<string>>
} {
  const byAddress = new Map<string, ReadonlySet<string>>()
  const byNodePort = new Map<number, ReadonlySet<string>>()
  for (const rules of udpRules) {
    const answers = new Set(endpointsOf(rules).map(({ address }) => address))
    for (const frontend of rules.frontends) {
      if (frontend.type === 'node-port') byNodePort.set(frontend.port, answers)
      else byAddress.set(`${frontend.address} ${frontend.port}`, answers)
    }
  }
  return { byAddress, byNodePort }
}
