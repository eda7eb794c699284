/** A container in CRI's words, from its spec and what was prepared for it. */
import { createHash } from 'node:crypto'
import type { Draft } from '#base/encoding/protobuf'
import type { Container, Pod } from '#kinds/core/types.gen'
import type { ContainerConfig, Mount } from '#net/cri/cri.gen'
import { linuxResourcesOf } from './container-resources.ts'
import { expand } from './environment.ts'
import { runtimeAnnotations, runtimeLabels } from './records.ts'
import { type ImageUser, securityContextOf } from './security-context.ts'

export type ContainerFacts = {
  readonly restartCount: number
  /** The image's id, as the runtime names it. */
  readonly imageRef: string
  readonly imageUser: ImageUser
  readonly environment: ReadonlyMap<string, string>
  readonly mounts: readonly Draft<Mount>[]
  /** The file on this machine that becomes `terminationMessagePath`. */
  readonly terminationMessageFile: string
  readonly machineMemoryBytes: number
  /** The container whose processes an ephemeral container sees. */
  readonly targetId?: string | undefined
}

export function containerConfigOf(pod: Pod, container: Container, facts: ContainerFacts): Draft<ContainerConfig> {
  const { name = '', namespace = '', uid = '' } = pod.metadata
  const messagePath = container.terminationMessagePath ?? '/dev/termination-log'
  return {
    metadata: { name: container.name, attempt: facts.restartCount },
    image: { image: facts.imageRef, userSpecifiedImage: container.image ?? '' },
    command: (container.command ?? []).map((word) => expand(word, facts.environment)),
    args: (container.args ?? []).map((word) => expand(word, facts.environment)),
    workingDir: container.workingDir ?? '',
    envs: [...facts.environment].map(([key, value]) => ({ key, value: Buffer.from(value) })),
    mounts: [...facts.mounts, { containerPath: messagePath, hostPath: facts.terminationMessageFile, propagation: 'PROPAGATION_PRIVATE' }],
    labels: {
      [runtimeLabels.containerName]: container.name,
      [runtimeLabels.podName]: name,
      [runtimeLabels.podNamespace]: namespace,
      [runtimeLabels.podUid]: uid,
    },
    annotations: {
      [runtimeAnnotations.specHash]: specHashOf(container),
      [runtimeAnnotations.restartCount]: `${facts.restartCount}`,
      [runtimeAnnotations.terminationMessagePath]: messagePath,
      [runtimeAnnotations.terminationMessagePolicy]: container.terminationMessagePolicy ?? 'File',
      [runtimeAnnotations.terminationMessageFile]: facts.terminationMessageFile,
      [runtimeAnnotations.gracePeriod]: `${pod.spec?.terminationGracePeriodSeconds ?? 30}`,
    },
    logPath: `${container.name}/${facts.restartCount}.log`,
    stdin: container.stdin ?? false,
    stdinOnce: container.stdinOnce ?? false,
    tty: container.tty ?? false,
    linux: {
      resources: linuxResourcesOf(pod, container, facts.machineMemoryBytes),
      securityContext: securityContextOf(pod, container, facts.imageUser, facts.targetId),
    },
  }
}

/** Changes when the container must be made anew: as upstream, name and image decide. */
export function specHashOf(container: Container): string {
  return createHash('sha256')
    .update(JSON.stringify([container.name, container.image]))
    .digest('hex')
    .slice(0, 8)
}
