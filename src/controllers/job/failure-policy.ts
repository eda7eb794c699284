/** What a job's `podFailurePolicy` says of a failed pod: the first rule that matches decides. Pure. */
import type { PodFailurePolicy, PodFailurePolicyOnExitCodesRequirement, PodFailurePolicyRule } from '#kinds/batch/types.gen'
import type { Pod } from '#kinds/core/pod/pod.kind'
import type { ContainerStatus, PodCondition } from '#kinds/core/types.gen'

export type FailureAction = { readonly action: string; readonly message: string }

/** Undefined where no rule matches: the failure counts. `message` is for the job's conditions. */
export function failureActionOf(policy: PodFailurePolicy | undefined, pod: Pod): FailureAction | undefined {
  for (const [index, rule] of (policy?.rules ?? []).entries()) {
    const cause = causeOf(rule, pod)
    if (cause !== undefined) return { action: rule.action, message: `${cause} matching ${rule.action} rule at index ${index}` }
  }
  return undefined
}

function causeOf(rule: PodFailurePolicyRule, pod: Pod): string | undefined {
  const name = `${pod.metadata.namespace}/${pod.metadata.name}`
  if (rule.onExitCodes !== undefined) {
    const container = containerOf(rule.onExitCodes, pod)
    if (container === undefined) return undefined
    return `Container ${container.name} for pod ${name} failed with exit code ${container.state?.terminated?.exitCode}`
  }
  const condition = conditionFor(rule, pod.status?.conditions ?? [])
  return condition === undefined ? undefined : `Pod ${name} has condition ${condition.type}`
}

function containerOf(wanted: PodFailurePolicyOnExitCodesRequirement, { status }: Pod): ContainerStatus | undefined {
  return [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].find(({ name, state }) => {
    const exitCode = state?.terminated?.exitCode
    if (exitCode === undefined || exitCode === 0 || (wanted.containerName !== undefined && wanted.containerName !== name)) return false
    return wanted.values.includes(exitCode) === (wanted.operator === 'In')
  })
}

function conditionFor({ onPodConditions = [] }: PodFailurePolicyRule, conditions: readonly PodCondition[]): PodCondition | undefined {
  return conditions.find(({ type, status }) => onPodConditions.some((one) => one.type === type && (one.status ?? 'True') === status))
}
