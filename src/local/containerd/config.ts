/** The configuration of a node's private containerd, as text. Nothing in it is shared with a containerd that the host may run. */

export interface ContainerdPaths {
  /** Images and container files: survives a stop. */
  readonly root: string
  /** Sockets, sandboxes' namespaces, task state: on a file system that may forget at reboot. */
  readonly state: string
  readonly socket: string
  readonly cniConfigDirectory: string
  readonly cniPluginDirectories: readonly string[]
  /** One folder for each registry with a mirror, as containerd's hosts.toml files. */
  readonly registryDirectory: string
}

export interface ContainerdSettings {
  readonly paths: ContainerdPaths
  /** Of containerd itself; 2 and later have another layout. */
  readonly majorVersion: number
  readonly sandboxImage: string
  /** Where the process may not lower OOM scores, containers would fail to start without it. */
  readonly restrictOomScoreAdj: boolean
}

export function containerdConfig(settings: ContainerdSettings): string {
  return settings.majorVersion >= 2 ? configVersion3(settings) : configVersion2(settings)
}

/** containerd 1.6 and 1.7. */
function configVersion2(settings: ContainerdSettings): string {
  const { paths } = settings
  const cri = 'plugins."io.containerd.grpc.v1.cri"'
  return toml([
    ...general(2, paths),
    [cri, { sandbox_image: settings.sandboxImage, ...streaming, ...runtimeSettings(settings) }],
    [`${cri}.cni`, { bin_dir: paths.cniPluginDirectories[0] ?? '/opt/cni/bin', conf_dir: paths.cniConfigDirectory }],
    ...runc(cri, paths),
    [`${cri}.registry`, { config_path: paths.registryDirectory }],
  ])
}

/** containerd 2. */
function configVersion3(settings: ContainerdSettings): string {
  const { paths } = settings
  const images = 'plugins."io.containerd.cri.v1.images"'
  const runtime = 'plugins."io.containerd.cri.v1.runtime"'
  return toml([
    ...general(3, paths),
    [`${images}.pinned_images`, { sandbox: settings.sandboxImage }],
    [`${images}.registry`, { config_path: paths.registryDirectory }],
    [runtime, runtimeSettings(settings)],
    [`${runtime}.cni`, { bin_dir: paths.cniPluginDirectories[0] ?? '/opt/cni/bin', conf_dir: paths.cniConfigDirectory }],
    ...runc(runtime, paths),
    ['plugins."io.containerd.grpc.v1.cri"', streaming],
  ])
}

type Value = string | number | boolean
type Table = readonly [name: string, values: Readonly<Record<string, Value>>]

const streaming = { stream_server_address: '127.0.0.1', stream_server_port: '0' }

function runtimeSettings({ restrictOomScoreAdj }: ContainerdSettings) {
  return { restrict_oom_score_adj: restrictOomScoreAdj, netns_mounts_under_state_dir: true }
}

function general(version: number, paths: ContainerdPaths): Table[] {
  return [
    ['', { version, root: paths.root, state: paths.state }],
    ['grpc', { address: paths.socket }],
    ['ttrpc', { address: `${paths.socket}.ttrpc` }],
    ['plugins."io.containerd.internal.v1.opt"', { path: `${paths.root}/opt` }],
  ]
}

function runc(owner: string, paths: ContainerdPaths): Table[] {
  return [
    [`${owner}.containerd`, { default_runtime_name: 'runc' }],
    [`${owner}.containerd.runtimes.runc`, { runtime_type: 'io.containerd.runc.v2' }],
    [`${owner}.containerd.runtimes.runc.options`, { SystemdCgroup: false, Root: `${paths.state}/runc` }],
  ]
}

function toml(tables: readonly Table[]): string {
  return tables
    .map(([name, values]) => {
      const lines = Object.entries(values).map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
      return `${name === '' ? '' : `[${name}]\n`}${lines.join('')}`
    })
    .join('\n')
}

/** The hosts.toml that sends pulls for one registry to a mirror first. */
export function mirrorConfig(registry: string, mirrorUrl: string): string {
  const server = registry === 'docker.io' ? 'https://registry-1.docker.io' : `https://${registry}`
  return `server = ${JSON.stringify(server)}\n\n[host.${JSON.stringify(mirrorUrl)}]\ncapabilities = ["pull", "resolve"]\n`
}
