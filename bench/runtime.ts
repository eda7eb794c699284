/** What the container runtime takes for the same pods when nobody else has a part in it: the floor of every figure about pods. */
import { systemClock } from '#base/env/clock'
import { layoutOf } from '#local/layout'
import { type CriClient, openCriClient } from '#net/cri/client'
import { median, slot } from './bench-cluster.ts'

const image = 'navarch.dev/shell:v1'
const call = { timeoutMs: 60_000 }

export type RuntimeFloor = { readonly oneMs: number; readonly manyMs: number }

/** The median of `oneCount` pods one after the other, and the time for `manyCount` of which `atOnce` are made at any time. */
export async function measureRuntime(
  dataDir: string,
  { oneCount, manyCount, atOnce }: { readonly oneCount: number; readonly manyCount: number; readonly atOnce: number },
): Promise<RuntimeFloor> {
  using cri = openCriClient(layoutOf(dataDir).containerdSocket, { clock: systemClock })
  const { image: found } = await cri.images.imageStatus({ image: { image } }, call)
  const sandboxes: string[] = []
  const make = async (name: string) => sandboxes.push(await makePod(cri, name, found?.id ?? image))
  try {
    const oneMs: number[] = []
    for (let i = 0; i < oneCount; i++) oneMs.push(await msOf(() => make(`one-${i}`)))
    let next = 0
    const maker = async () => {
      while (next < manyCount) await make(`many-${next++}`)
    }
    return { oneMs: median(oneMs), manyMs: await msOf(() => Promise.all(Array.from({ length: atOnce }, maker))) }
  } finally {
    await Promise.all(sandboxes.map((podSandboxId) => removePod(cri, podSandboxId)))
  }
}

async function makePod(cri: CriClient, name: string, imageId: string): Promise<string> {
  const securityContext = { namespaceOptions: { pid: 'CONTAINER' as const } }
  const sandboxConfig = {
    metadata: { name, namespace: 'bench', uid: `bench-${name}`, attempt: 0 },
    hostname: name,
    linux: { cgroupParent: `/navarch-e2e-${slot}/bench`, securityContext },
  }
  const config = {
    metadata: { name: 'main', attempt: 0 },
    image: { image: imageId },
    command: ['sleep', '100000'],
    linux: { securityContext },
  }
  const { podSandboxId } = await cri.runtime.runPodSandbox({ config: sandboxConfig }, call)
  const { containerId } = await cri.runtime.createContainer({ podSandboxId, sandboxConfig, config }, call)
  await cri.runtime.startContainer({ containerId }, call)
  return podSandboxId
}

async function removePod(cri: CriClient, podSandboxId: string): Promise<void> {
  await cri.runtime.stopPodSandbox({ podSandboxId }, call)
  await cri.runtime.removePodSandbox({ podSandboxId }, call)
}

async function msOf(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  await work()
  return performance.now() - startedMs
}
