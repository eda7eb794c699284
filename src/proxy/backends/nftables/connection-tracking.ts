/** Ends UDP flows that connection tracking still sends to endpoints which a service no longer has. */
import type { ServiceRules } from '../../model/service-rules.ts'
import { runProgram } from './run-program.ts'
import { parseFlows, type StaleFlows, staleFlows } from './stale-flows.ts'

export async function dropStaleFlows(udpRules: readonly ServiceRules[]): Promise<void> {
  for (const family of new Set(udpRules.map((rules) => rules.family))) {
    const listed = await runProgram('conntrack', ['-L', '-f', familyWord(family), '-p', 'udp'])
    for (const stale of staleFlows(parseFlows(listed), udpRules)) await drop(stale)
  }
}

function familyWord(family: ServiceRules['family']): string {
  return family === 'IPv4' ? 'ipv4' : 'ipv6'
}

/** Flows that ended by themselves meanwhile are no failure. */
async function drop({ address, port, answeredBy }: StaleFlows): Promise<void> {
  const family = familyWord(address.includes(':') ? 'IPv6' : 'IPv4')
  const filter = ['-p', 'udp', '--orig-dst', address, '--orig-port-dst', String(port), '--reply-src', answeredBy]
  await runProgram('conntrack', ['-D', '-f', family, ...filter]).catch((error: unknown) => {
    if (!String(error).includes('0 flow entries have been deleted')) throw error
  })
}
