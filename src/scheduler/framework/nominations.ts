/** Pods that wait for room which preemption makes for them: others of lower priority must not take it. */
import type { PodFacts } from './pod-facts.ts'

export class Nominations {
  readonly #nodeByUid = new Map<string, string>()
  readonly #podsByNode = new Map<string, Map<string, PodFacts>>()

  get size(): number {
    return this.#nodeByUid.size
  }

  nominate(pod: PodFacts, nodeName: string): void {
    this.withdraw(pod.uid)
    this.#nodeByUid.set(pod.uid, nodeName)
    let pods = this.#podsByNode.get(nodeName)
    if (pods === undefined) this.#podsByNode.set(nodeName, (pods = new Map()))
    pods.set(pod.uid, pod)
  }

  withdraw(uid: string): void {
    const nodeName = this.#nodeByUid.get(uid)
    if (nodeName === undefined) return
    this.#nodeByUid.delete(uid)
    const pods = this.#podsByNode.get(nodeName)
    pods?.delete(uid)
    if (pods?.size === 0) this.#podsByNode.delete(nodeName)
  }

  nodeOf(uid: string): string | undefined {
    return this.#nodeByUid.get(uid)
  }

  on(nodeName: string): readonly PodFacts[] {
    return [...(this.#podsByNode.get(nodeName)?.values() ?? [])]
  }
}
