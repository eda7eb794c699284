/** The sandbox image that Navarch brings itself. */
import { layerOf } from './layer.ts'
import { ociArchive } from './oci-archive.ts'
import { type Architecture, pauseProgram } from './pause-program.ts'

/** The name under which containerd is told to look for it. */
export const pauseImageName = 'navarch.dev/pause:v1'

export async function pauseImage(architecture: Architecture): Promise<Buffer> {
  const layer = await layerOf([{ path: 'pause', mode: 0o755, content: pauseProgram(architecture) }])
  return ociArchive({ name: pauseImageName, architecture, layers: [layer], entrypoint: ['/pause'] })
}

/** The architecture's name in images, from Node's name for it. */
export function imageArchitecture(nodeArchitecture: string): Architecture {
  if (nodeArchitecture === 'x64') return 'amd64'
  if (nodeArchitecture === 'arm64') return 'arm64'
  throw new Error(`images for ${nodeArchitecture} are not made: amd64 and arm64 are`)
}
