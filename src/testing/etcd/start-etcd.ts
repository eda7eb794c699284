/**
 * A real etcd for tests, of one member or several, on free ports of the loopback and in a temporary directory.
 * `await using etcd = await startEtcd({ members: 3 })` leaves nothing behind, also when the test fails or is killed.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { EtcdMember } from './etcd-member.ts'
import { etcdProgram, programOnPath } from './etcd-program.ts'
import { createEtcdTls, type EtcdTls, tlsArguments } from './etcd-tls.ts'

/** What kind of etcd is wanted. */
export interface EtcdOptions {
  /** One unless told otherwise; or where each of them is to run. */
  readonly members?: number | readonly EtcdPlace[]
  /** Clients and members need certificates. */
  readonly tls?: boolean
  /** Further arguments of each member, such as `--quota-backend-bytes=…`. */
  readonly args?: readonly string[]
  /** Another etcd than the one on PATH. */
  readonly program?: string
  /** In which its directory is made, if not in the machine's for temporary files: this decides which disk it writes to. */
  readonly directory?: string
}

/** Where a member runs. */
export interface EtcdPlace {
  /** Address it listens on, 127.0.0.1 unless told otherwise. */
  readonly host?: string
  /** What the command is wrapped in, such as `ip netns exec …`. */
  readonly wrapper?: readonly string[]
}

/** A running etcd. */
export interface Etcd extends AsyncDisposable {
  /** URLs for clients, one a member. */
  readonly endpoints: readonly string[]
  readonly members: readonly EtcdMember[]
  /** With `tls`: what a client needs. */
  readonly tls: EtcdTls | undefined
  /** Holds all there is of it; removed at the end. */
  readonly directory: string
  /** Runs `etcdctl` (the one beside `etcd`, or on PATH) against all members and gives what it prints. */
  etcdctl(...args: readonly string[]): Promise<string>
}

/** Starts it and waits until it serves. */
export async function startEtcd(options: EtcdOptions = {}): Promise<Etcd> {
  const directory = mkdtempSync(join(options.directory ?? tmpdir(), 'navarch-etcd-'))
  const places = typeof options.members === 'object' ? options.members : Array.from({ length: options.members ?? 1 }, () => ({}))
  const hosts = places.map(({ host = '127.0.0.1' }: EtcdPlace) => host)
  const members: EtcdMember[] = []
  const release = async (): Promise<void> => {
    await Promise.all(members.map((member) => member.kill()))
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    const tls = options.tls === true ? await createEtcdTls(join(directory, 'tls'), [...hosts, 'localhost']) : undefined
    members.push(...(await createMembers({ ...options, places, hosts, directory, tls })))
    for (const member of members) member.start()
    await Promise.all(members.map((member) => member.untilHealthy()))
    const endpoints = members.map(({ endpoint }) => endpoint)
    const etcdctl = (...args: readonly string[]): Promise<string> => runEtcdctl(options.program, endpoints, tls, args)
    return { endpoints, members, tls, directory, etcdctl, [Symbol.asyncDispose]: release }
  } catch (error) {
    await release()
    throw error
  }
}

interface MembersPlan extends Omit<EtcdOptions, 'members' | 'tls'> {
  readonly places: readonly EtcdPlace[]
  readonly hosts: readonly string[]
  readonly directory: string
  readonly tls: EtcdTls | undefined
}

async function createMembers({ places, hosts, directory, tls, args = [], program = etcdProgram }: MembersPlan): Promise<EtcdMember[]> {
  if (program === undefined) throw new Error('there is no etcd on PATH')
  const ports = await freePorts(3 * hosts.length)
  const scheme = tls === undefined ? 'http' : 'https'
  const url = (index: number, which: number, itsScheme = scheme): string => `${itsScheme}://${hosts[index]}:${ports[3 * index + which]}`
  const cluster = hosts.map((_, index) => `m${index}=${url(index, 1)}`).join(',')
  return places.map(({ wrapper = [] }, index) => {
    const name = `m${index}`
    const memberDirectory = join(directory, name)
    mkdirSync(memberDirectory)
    const endpoint = url(index, 0)
    const metricsUrl = url(index, 2, 'http')
    const own = [
      `--name=${name}`,
      `--data-dir=${join(memberDirectory, 'data')}`,
      `--listen-client-urls=${endpoint}`,
      `--advertise-client-urls=${endpoint}`,
      `--listen-peer-urls=${url(index, 1)}`,
      `--initial-advertise-peer-urls=${url(index, 1)}`,
      `--listen-metrics-urls=${metricsUrl}`,
      `--initial-cluster=${cluster}`,
    ]
    const command = [...wrapper, program, ...own, ...(tls === undefined ? [] : tlsArguments(tls)), ...args]
    return new EtcdMember({ name, endpoint, metricsUrl, directory: memberDirectory, command })
  })
}

async function runEtcdctl(
  program: string | undefined,
  endpoints: readonly string[],
  tls: EtcdTls | undefined,
  args: readonly string[],
): Promise<string> {
  const etcdctl = program === undefined ? programOnPath('etcdctl') : program.replace(/etcd$/, 'etcdctl')
  if (etcdctl === undefined) throw new Error('there is no etcdctl on PATH (Debian: etcd-client)')
  const files = ({ directory }: EtcdTls): string[] => [
    `--cacert=${directory}/ca.crt`,
    `--cert=${directory}/client.crt`,
    `--key=${directory}/client.key`,
  ]
  const common = [`--endpoints=${endpoints.join(',')}`, ...(tls === undefined ? [] : files(tls))]
  const env = { PATH: process.env['PATH'], ETCDCTL_API: '3' }
  return (await promisify(execFile)(etcdctl, [...common, ...args], { env })).stdout
}

/** Ports that were free a moment ago. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listen))
  const ports = servers.map((server) => {
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  })
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

function listen(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject).listen(0, '127.0.0.1', () => resolve(server))
  })
}
