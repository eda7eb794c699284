/** Writes the node's CNI configuration once the control plane has given the node a pod range, and again when that changes. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Log } from '#base/env/log'
import type { Informer } from '#client/informer'
import type { Node } from '#kinds/core/types.gen'
import { type CniFacts, cniConfigOf } from './cni-config.ts'

export type PodNetworkDeps = {
  readonly log: Log
  readonly nodes: Informer<Node>
  readonly nodeName: string
  readonly confDir: string
  readonly network: Omit<CniFacts, 'podCidrs'>
}

const fileName = '10-navarch.conflist'

/** Follows the node until disposed. */
export function followPodRange(deps: PodNetworkDeps): Disposable {
  let last: Promise<void> = Promise.resolve()
  return deps.nodes.subscribe((event) => {
    if (event.type === 'deleted' || event.object.metadata.name !== deps.nodeName) return
    const podCidrs = event.object.spec?.podCIDRs ?? []
    if (podCidrs.length === 0) return
    last = last.then(() =>
      write(deps, cniConfigOf({ ...deps.network, podCidrs })).catch((error: unknown) =>
        deps.log.error('cannot write the CNI configuration', { error }),
      ),
    )
  })
}

async function write(deps: PodNetworkDeps, text: string): Promise<void> {
  const path = join(deps.confDir, fileName)
  if ((await readFile(path, 'utf8').catch(() => '')) === text) return
  await mkdir(dirname(path), { recursive: true, mode: 0o755 })
  await writeFile(`${path}.new`, text, { mode: 0o644 })
  await rename(`${path}.new`, path)
}
