/** The kernel's connection tracking, made large and patient enough for a node: which settings, and writing them. */
import { readFile, writeFile } from 'node:fs/promises'
import type { Log } from '#base/env/log'
import type { ConntrackConfig } from './proxy-config.ts'

export type KernelSetting = { readonly path: string; readonly value: number }

/** Pure. Zero in the configuration leaves the kernel's value. */
export function conntrackSettings(config: ConntrackConfig, coreCount: number): readonly KernelSetting[] {
  const max = config.maxPerCore === 0 ? 0 : Math.max(config.maxPerCore * coreCount, config.min)
  const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000)
  const wanted: readonly (readonly [string, number])[] = [
    ['nf_conntrack_max', max],
    ['nf_conntrack_tcp_timeout_established', seconds(config.tcpEstablishedTimeoutMs)],
    ['nf_conntrack_tcp_timeout_close_wait', seconds(config.tcpCloseWaitTimeoutMs)],
    ['nf_conntrack_tcp_be_liberal', config.tcpBeLiberal ? 1 : 0],
    ['nf_conntrack_udp_timeout', seconds(config.udpTimeoutMs)],
    ['nf_conntrack_udp_timeout_stream', seconds(config.udpStreamTimeoutMs)],
  ]
  return wanted.filter(([, value]) => value > 0).map(([name, value]) => ({ path: `/proc/sys/net/netfilter/${name}`, value }))
}

/** What cannot be written, as in a container, is left with a warning: the proxy works, with the limits that are there. */
export async function applySettings(settings: readonly KernelSetting[], log: Log): Promise<void> {
  for (const { path, value } of settings) {
    try {
      if ((await readFile(path, 'utf8')).trim() !== String(value)) await writeFile(path, String(value))
    } catch (error) {
      log.warn('cannot change a limit of connection tracking', { path, value, error })
    }
  }
}
