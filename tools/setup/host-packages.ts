/**
 * The programs of the host that a node calls. Where one is missing, Debian's package is installed if apt and root are there, after saying so;
 * elsewhere one message names what is missing.
 */
import { spawnSync } from 'node:child_process'
import { accessSync, chmodSync, constants, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface HostProgram {
  readonly name: string
  readonly debianPackage: string
  /** Where it may be, beside the directories of PATH. */
  readonly directories?: readonly string[]
}

const hostPrograms: readonly HostProgram[] = [
  { name: 'containerd', debianPackage: 'containerd' },
  { name: 'ctr', debianPackage: 'containerd' },
  { name: 'runc', debianPackage: 'runc' },
  { name: 'bridge', debianPackage: 'containernetworking-plugins', directories: ['/usr/lib/cni', '/opt/cni/bin'] },
  { name: 'nft', debianPackage: 'nftables' },
  { name: 'conntrack', debianPackage: 'conntrack' },
  { name: 'iptables', debianPackage: 'iptables' },
  { name: 'ip', debianPackage: 'iproute2' },
  { name: 'mount', debianPackage: 'mount' },
  { name: 'nsenter', debianPackage: 'util-linux' },
]

/** What is needed beside that for what `npm start` is asked for. */
export function furtherPrograms(upArguments: readonly string[]): readonly HostProgram[] {
  const at = upArguments.findIndex((word) => word === '--control-planes' || word.startsWith('--control-planes='))
  const count = upArguments[at]?.split('=')[1] ?? upArguments[at + 1]
  return at === -1 || count === '1' ? [] : [{ name: 'etcd', debianPackage: 'etcd-server' }]
}

/** The programs that are not there. `bridge` stands for the CNI plugins: iproute2 has a program of that name. */
export function missingPrograms(
  path: string,
  exists: (file: string) => boolean,
  further: readonly HostProgram[] = [],
): readonly HostProgram[] {
  const systemDirectories = [...path.split(':'), '/usr/sbin', '/sbin']
  return [...hostPrograms, ...further].filter(
    ({ name, directories = systemDirectories }) => !directories.some((directory) => exists(join(directory, name))),
  )
}

/** Installs what is missing, or throws one message that names it. */
export function ensureHostPackages(say: (line: string) => void, further: readonly HostProgram[]): void {
  const missing = missingPrograms(process.env['PATH'] ?? '', isExecutable, further)
  if (missing.length === 0) return
  const packages = [...new Set(missing.map((program) => program.debianPackage))]
  const isRoot = process.getuid?.() === 0
  const hasApt = isExecutable('/usr/bin/apt-get')
  if (!isRoot || !hasApt) throw new Error(missingMessage(missing, packages, hasApt))
  say(`Installing Debian packages: ${packages.join(' ')}`)
  withoutServiceStarts(() => installPackages(packages))
  const still = missingPrograms(process.env['PATH'] ?? '', isExecutable, further)
  if (still.length > 0) throw new Error(missingMessage(still, packages, hasApt))
}

/** What some tests compare with or talk through. Where it cannot be installed they are skipped with the reason, and nothing fails here. */
export function offerTestPackages(say: (line: string) => void): void {
  const packages = testPackages.filter(({ file }) => !existsSync(file)).map(({ name }) => name)
  if (packages.length === 0 || process.getuid?.() !== 0 || !isExecutable('/usr/bin/apt-get')) return
  say(`Installing Debian packages for tests: ${packages.join(' ')}`)
  try {
    withoutServiceStarts(() => installPackages(packages))
  } catch (error) {
    say(`Tests that need them are skipped: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const testPackages: readonly { readonly name: string; readonly file: string }[] = [
  { name: 'curl', file: '/usr/bin/curl' },
  { name: 'e2fsprogs', file: '/sbin/mkfs.ext4' },
  { name: 'etcd-client', file: '/usr/bin/etcdctl' },
  { name: 'etcd-server', file: '/usr/bin/etcd' },
  { name: 'gcc', file: '/usr/bin/cc' },
  { name: 'libc6-dev', file: '/usr/include/stdio.h' },
  { name: 'python3-kubernetes', file: '/usr/lib/python3/dist-packages/kubernetes' },
]

function missingMessage(missing: readonly HostProgram[], packages: readonly string[], hasApt: boolean): string {
  const names = missing.map(({ name }) => (name === 'bridge' ? 'the CNI plugins (in /usr/lib/cni or /opt/cni/bin)' : name)).join(', ')
  const step = hasApt ? `run as root: apt-get install ${packages.join(' ')}` : 'install them with the package manager of this system'
  return `these programs are missing: ${names}; ${step}`
}

function installPackages(packages: readonly string[]): void {
  if (apt('install', '--yes', '--no-install-recommends', ...packages).status === 0) return
  // The package lists may be old or not there at all.
  apt('update')
  const { status, stderr } = apt('install', '--yes', '--no-install-recommends', ...packages)
  if (status !== 0) throw new Error(`apt-get install ${packages.join(' ')} failed: ${stderr.trim().split('\n').at(-1) ?? ''}`)
}

function apt(...args: readonly string[]) {
  const options = ['-q', '-o', 'DPkg::Lock::Timeout=120']
  return spawnSync('apt-get', [...options, ...args], { encoding: 'utf8', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
}

const policyFile = '/usr/sbin/policy-rc.d'

/** Debian asks this script whether a freshly installed service may start: ours need none, and the host's must not appear unasked. */
function withoutServiceStarts(install: () => void): void {
  const kept = `${policyFile}.before-navarch`
  // One that is kept already was left by a run that was killed: it is the host's, and must not be written over.
  if (existsSync(policyFile) && !existsSync(kept)) renameSync(policyFile, kept)
  try {
    writeFileSync(policyFile, '#!/bin/sh\nexit 101\n')
    chmodSync(policyFile, 0o755)
    install()
  } finally {
    rmSync(policyFile, { force: true })
    if (existsSync(kept)) renameSync(kept, policyFile)
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
