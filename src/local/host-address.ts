/** Which address of this machine others reach it by. */
import { networkInterfaces } from 'node:os'

/** The first IPv4 address that is not the machine's alone; 127.0.0.1 where there is none. Bridges of ours do not count. */
export function hostAddress(interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces()): string {
  const candidates = Object.entries(interfaces).filter(([name]) => !/^(lo|nv|cni|docker|veth|br-)/.test(name))
  const address = candidates.flatMap(([, list]) => list ?? []).find((one) => one.family === 'IPv4' && !one.internal)
  return address?.address ?? '127.0.0.1'
}
