/** The Pod Security Standards, as the labels of a namespace ask for them: refuse pods, or warn of them and of what makes them. */
import { Namespace } from '#kinds/core/namespace.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import type { PodTemplateSpec } from '#kinds/core/types.gen'
import type { KubeObject } from '#meta/object'
import { invalidObject } from '#meta/status'
import type { StateReader } from '../../exchange.ts'
import { type Admission, type AdmissionPlugin, refusal } from '../plugin.ts'
import type { PodUnderTest } from './check.ts'
import { findingsFor, findingsText, type Labels, type Level, labelErrors, levelOf, levelText } from './levels.ts'

export const podSecurity: AdmissionPlugin = {
  name: 'PodSecurity',
  operations: ['CREATE', 'UPDATE'],
  subresources: ['', 'ephemeralcontainers'],
  validate(admission, { state }) {
    const { kind } = admission
    if (kind.plural === 'namespaces' && kind.group === '') return checkNamespace(admission, state)
    if (kind.scope === 'Cluster') return
    const labels = state.get(Namespace, undefined, admission.namespace)?.metadata.labels ?? {}
    if (kind.plural === 'pods' && kind.group === '') checkPod(admission, labels)
    else if (`${kind.plural}.${kind.group}` in templateOf) checkTemplate(admission, labels)
  },
}

function checkPod(admission: Admission, labels: Labels): void {
  const pod = podOf(admission.object)
  // Labels, annotations and such may always be changed: they do not make a running pod more dangerous.
  if (admission.old !== undefined && !isSignificant(pod, podOf(admission.old))) return
  const enforced = levelOf(labels, 'enforce')
  const findings = findingsFor(enforced, pod)
  if (findings.length > 0)
    throw refusal(admission, `violates PodSecurity ${JSON.stringify(levelText(enforced))}: ${findingsText(findings)}`)
  warn(admission, levelOf(labels, 'warn'), pod)
}

/** As upstream: what can only be shortened or replaced by an equal thing does not matter; images and ephemeral containers do. */
function isSignificant(next: PodUnderTest, old: PodUnderTest): boolean {
  const appArmor = ({ metadata }: PodUnderTest) =>
    Object.entries(metadata.annotations ?? {}).filter(
      ([key]) =>
        key.startsWith('container.apparmor.security.beta.kubernetes.io/') || key.startsWith('seccomp.security.alpha.kubernetes.io/'),
    )
  const relevant = ({ spec }: PodUnderTest) => ({ ...spec, activeDeadlineSeconds: undefined, tolerations: undefined })
  return JSON.stringify([appArmor(next), relevant(next)]) !== JSON.stringify([appArmor(old), relevant(old)])
}

/** Where the pods of a kind are described. Such objects are never refused: only their pods are. */
const templateOf: Readonly<Record<string, (spec: WorkloadSpec) => PodTemplateSpec | undefined>> = {
  'podtemplates.': (spec) => spec.template,
  'replicationcontrollers.': (spec) => spec.template,
  'replicasets.apps': (spec) => spec.template,
  'deployments.apps': (spec) => spec.template,
  'statefulsets.apps': (spec) => spec.template,
  'daemonsets.apps': (spec) => spec.template,
  'jobs.batch': (spec) => spec.template,
  'cronjobs.batch': (spec) => spec.jobTemplate?.spec?.template,
}

type WorkloadSpec = {
  readonly template?: PodTemplateSpec
  readonly jobTemplate?: { readonly spec?: { readonly template?: PodTemplateSpec } }
}

function checkTemplate(admission: Admission, labels: Labels): void {
  const { kind, object } = admission
  // A PodTemplate has its template at the top, all others in their spec.
  const workload = object as KubeObject & WorkloadSpec & { readonly spec?: WorkloadSpec }
  const template = templateOf[`${kind.plural}.${kind.group}`]?.(workload.spec ?? workload)
  if (template?.spec !== undefined) warn(admission, levelOf(labels, 'warn'), { metadata: template.metadata ?? {}, spec: template.spec })
}

function warn(admission: Admission, level: Level, pod: PodUnderTest): void {
  const findings = findingsFor(level, pod)
  if (findings.length > 0) admission.warn(`would violate PodSecurity ${JSON.stringify(levelText(level))}: ${findingsText(findings)}`)
}

function checkNamespace(admission: Admission, state: StateReader): void {
  const { object, old, kind, name } = admission
  if (admission.subresource !== '') return
  const labels = object.metadata.labels ?? {}
  const oldLabels = old?.metadata.labels ?? {}
  const errors = [...labelErrors(labels)]
  const known = new Set([...labelErrors(oldLabels)].map((error) => error.message))
  if (errors.some((error) => !known.has(error.message))) throw invalidObject(kind, name, errors)
  const enforced = levelOf(labels, 'enforce')
  if (old === undefined || levelText(enforced) === levelText(levelOf(oldLabels, 'enforce'))) return
  warnOfExisting(admission, enforced, state)
}

/** The pods that are there stay, but whoever tightens the rules should know of them. */
function warnOfExisting(admission: Admission, level: Level, state: StateReader): void {
  const byText = new Map<string, string[]>()
  for (const pod of state.list(Pod, admission.name)) {
    const reasons = findingsFor(level, podOf(pod)).map(({ reason }) => reason)
    if (reasons.length === 0) continue
    byText.set(reasons.join(', '), [...(byText.get(reasons.join(', ')) ?? []), pod.metadata.name ?? ''])
  }
  if (byText.size === 0) return
  admission.warn(
    `existing pods in namespace ${JSON.stringify(admission.name)} violate the new PodSecurity enforce level ${JSON.stringify(levelText(level))}`,
  )
  for (const [text, [first = '', ...others]] of byText) admission.warn(`${first}${othersText(others.length)}: ${text}`)
}

function othersText(count: number): string {
  if (count === 0) return ''
  return count === 1 ? ' (and 1 other pod)' : ` (and ${count} other pods)`
}

function podOf(object: KubeObject): PodUnderTest {
  const { metadata, spec } = object as Pod
  return { metadata, spec: spec ?? { containers: [] } }
}
