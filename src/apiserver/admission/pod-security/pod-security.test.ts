import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findingsFor, findingsText, type LevelName, labelErrors, levelOf, levelText } from './levels.ts'

const safe = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
}

function found(level: LevelName, spec: object, minor?: number): string {
  const pod = { metadata: {}, spec: { containers: [{ name: 'c', image: 'i', securityContext: safe }], ...spec } }
  return findingsText(findingsFor({ name: level, minor }, pod))
}

function container(securityContext: object, name = 'c'): object {
  return { name, image: 'i', securityContext: { ...safe, ...securityContext } }
}

const plain = { containers: [{ name: 'c', image: 'i' }] }

for (const [why, level, spec, want] of [
  ['anything, privileged', 'privileged', { hostPID: true }, ''],
  ['a plain pod, baseline', 'baseline', plain, ''],
  [
    'a plain pod, restricted',
    'restricted',
    plain,
    'allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), ' +
      'unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), ' +
      'runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), ' +
      'seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
  ],
  ['a safe pod, restricted', 'restricted', {}, ''],
  ['host namespaces', 'baseline', { hostNetwork: true, hostPID: true }, 'host namespaces (hostNetwork=true, hostPID=true)'],
  [
    'two privileged containers',
    'baseline',
    { containers: [container({ privileged: true }, 'a'), container({ privileged: true }, 'b')] },
    'privileged (containers "a", "b" must not set securityContext.privileged=true)',
  ],
  [
    'an added capability',
    'baseline',
    { containers: [container({ capabilities: { add: ['SYS_ADMIN', 'CHOWN'] } })] },
    'non-default capabilities (container "c" must not include "SYS_ADMIN" in securityContext.capabilities.add)',
  ],
  ['a host path, baseline', 'baseline', { volumes: [{ name: 'v', hostPath: { path: '/' } }] }, 'hostPath volumes (volume "v")'],
  [
    'a host path, restricted',
    'restricted',
    { volumes: [{ name: 'v', hostPath: { path: '/' } }] },
    'restricted volume types (volume "v" uses restricted volume type "hostPath")',
  ],
  [
    'a host port',
    'baseline',
    { containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort: 80 }] }] },
    'hostPort (container "c" uses hostPort 80)',
  ],
  ['a sysctl', 'baseline', { securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } }, 'forbidden sysctls (kernel.msgmax)'],
  ['root by number', 'restricted', { containers: [container({ runAsUser: 0 })] }, 'runAsUser=0 (container "c" must not set runAsUser=0)'],
  [
    'no seccomp at all',
    'baseline',
    { securityContext: { seccompProfile: { type: 'Unconfined' } } },
    'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")',
  ],
  [
    'an SELinux type and user',
    'baseline',
    { securityContext: { seLinuxOptions: { type: 'spc_t', user: 'u' } } },
    'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "spc_t"; user may not be set)',
  ],
  [
    'a probe of another host',
    'baseline',
    { containers: [{ name: 'c', livenessProbe: { httpGet: { host: '10.0.0.1', port: 1 } } }] },
    'probe or lifecycle host (container "c" uses probe or lifecycle host "10.0.0.1")',
  ],
] as const) {
  test(`pod security: ${why}`, () => assert.equal(found(level, spec), want))
}

test('an older version of a level does not know later rules', () => {
  assert.equal(found('baseline', { containers: [{ name: 'c', livenessProbe: { httpGet: { host: 'x', port: 1 } } }] }, 33), '')
  assert.equal(found('restricted', { containers: [container({ runAsUser: 0 })] }, 22), '')
})

test('labels say level and version; what cannot be read counts as the strictest and is refused in a new label', () => {
  assert.equal(levelText(levelOf({}, 'enforce')), 'privileged:latest')
  const labels = { 'pod-security.kubernetes.io/enforce': 'baseline', 'pod-security.kubernetes.io/enforce-version': 'v1.24' }
  assert.equal(levelText(levelOf(labels, 'enforce')), 'baseline:v1.24')
  assert.equal(levelOf({ 'pod-security.kubernetes.io/enforce': 'x' }, 'enforce').name, 'restricted')
  const [error] = labelErrors({ 'pod-security.kubernetes.io/enforce': 'x' })
  assert.equal(
    `${error?.path}: ${error?.message}`,
    'metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "x": must be one of privileged, baseline, restricted',
  )
})
