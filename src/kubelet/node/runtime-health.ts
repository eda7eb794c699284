/** Whether the runtime and its network are ready: what decides the node's Ready condition. */
import type { CriClient } from '#net/cri/client'

/** Undefined when all is well; otherwise the message of the Ready condition, in upstream's form. */
export async function runtimeProblemOf(cri: CriClient): Promise<string | undefined> {
  try {
    const { status } = await cri.runtime.status({ verbose: false }, { timeoutMs: 10_000 })
    const problems = (status?.conditions ?? [])
      .filter((condition) => !condition.status)
      .map((condition) =>
        condition.type === 'NetworkReady'
          ? `container runtime network not ready: NetworkReady=false reason:${condition.reason} message:${condition.message}`
          : `container runtime not ready: ${condition.type}=false reason:${condition.reason} message:${condition.message}`,
      )
    return problems.length === 0 ? undefined : problems.join(', ')
  } catch (error) {
    return `container runtime is down: ${error instanceof Error ? error.message : String(error)}`
  }
}
