import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusals } from '#testing/refusals'
import { MutatingAdmissionPolicy } from './mutating-admission-policy.kind.ts'
import { MutatingAdmissionPolicyBinding } from './mutating-admission-policy-binding.kind.ts'
import { MutatingWebhookConfiguration } from './mutating-webhook-configuration.kind.ts'
import { ValidatingAdmissionPolicy } from './validating-admission-policy.kind.ts'
import { ValidatingAdmissionPolicyBinding } from './validating-admission-policy-binding.kind.ts'
import { ValidatingWebhookConfiguration } from './validating-webhook-configuration.kind.ts'

const hook = { name: 'a.example.com', admissionReviewVersions: ['v1'], sideEffects: 'None', clientConfig: { url: 'https://x.example/y' } }
const hooked = (fields: object) => ({ webhooks: [{ ...hook, ...fields }] })
const rule = { apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }
const ruled = (fields: object) => hooked({ rules: [{ ...rule, ...fields }] })

for (const [why, configuration, want] of [
  ['no webhooks', {}, []],
  [
    'an empty webhook',
    { webhooks: [{}] },
    [
      'webhooks[0].name: Required value',
      'webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun',
      'webhooks[0].clientConfig: Required value: exactly one of url or service is required',
      'webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1',
    ],
  ],
  [
    'a short name',
    hooked({ name: 'a.b' }),
    ['webhooks[0].name: Invalid value: "a.b": should be a domain with at least three segments separated by dots'],
  ],
  ['the same name twice', { webhooks: [hook, hook] }, ['webhooks[1].name: Duplicate value: "a.example.com"']],
  [
    'no version that is known',
    hooked({ admissionReviewVersions: ['v2', 'v2'] }),
    [
      'webhooks[0].admissionReviewVersions[1]: Invalid value: "v2": duplicate version',
      'webhooks[0].admissionReviewVersions: Invalid value: ["v2","v2"]: must include at least one of v1, v1beta1',
    ],
  ],
  [
    'a URL without a scheme',
    hooked({ clientConfig: { url: '//x' } }),
    [`webhooks[0].clientConfig.url: Invalid value: "": 'https' is the only allowed URL scheme; desired format: https://host[/path]`],
  ],
  [
    'a service with a bad path',
    hooked({ clientConfig: { service: { name: 'a', namespace: 'b', path: '/a//' } } }),
    ['webhooks[0].clientConfig.service.path: Invalid value: "/a//": segment[1] may not be empty'],
  ],
  [
    'all operations and one',
    ruled({ operations: ['*', 'CREATE'] }),
    [`webhooks[0].rules[0].operations: Invalid value: ["*","CREATE"]: if '*' is present, must not specify other operations`],
  ],
  [
    'a subresource twice',
    ruled({ resources: ['pods/*', 'pods/status'] }),
    [`webhooks[0].rules[0].resources[1]: Invalid value: "pods/status": if 'pods/*' is present, must not specify pods/status`],
  ],
  ['all resources last', ruled({ resources: ['pods', '*'] }), []],
  [
    'an endless wait',
    hooked({ timeoutSeconds: 31 }),
    ['webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds'],
  ],
  [
    'a condition without a name',
    hooked({ matchConditions: [{ expression: 'true' }] }),
    ['webhooks[0].matchConditions[0].name: Required value'],
  ],
] as const) {
  for (const kind of [MutatingWebhookConfiguration, ValidatingWebhookConfiguration])
    test(`a ${kind.kind} with ${why} gets ${want.length} errors`, () => assert.deepEqual(refusals(kind, configuration), want))
}

const matchConstraints = { resourceRules: [rule] }
const policyOf = (spec: object) => ({ spec: { matchConstraints, validations: [{ expression: 'true' }], ...spec } })

for (const [why, policy, want] of [
  ['one expression', policyOf({}), []],
  [
    'nothing to say',
    policyOf({ validations: [] }),
    ['validations', 'auditAnnotations'].map(
      (field) => `spec.${field}: Required value: validations or auditAnnotations must contain at least one item`,
    ),
  ],
  ['no constraints', policyOf({ matchConstraints: undefined }), ['spec.matchConstraints: Required value']],
  ['no rules', policyOf({ matchConstraints: {} }), ['spec.matchConstraints.resourceRules: Required value']],
  [
    'the same name twice',
    policyOf({ matchConstraints: { resourceRules: [{ ...rule, resourceNames: ['a', 'a'] }] } }),
    ['spec.matchConstraints.resourceRules[0].resourceNames[1]: Duplicate value: "a"'],
  ],
  [
    'parameters of no version',
    policyOf({ paramKind: { apiVersion: 'a/', kind: 'X' } }),
    ['spec.paramKind.apiVersion: Invalid value: "a/": version must be specified'],
  ],
  [
    'a reserved word',
    policyOf({ variables: [{ name: 'in', expression: '1' }] }),
    ['spec.variables[0].name: Invalid value: "in": must be a valid CEL identifier'],
  ],
  [
    'an empty message',
    policyOf({ validations: [{ expression: 'true', message: ' ' }] }),
    ['spec.validations[0].message: Invalid value: " ": must be non-empty if specified'],
  ],
  [
    'the same annotation twice',
    policyOf({
      auditAnnotations: [
        { key: 'a', valueExpression: '"1"' },
        { key: 'a', valueExpression: '"2"' },
      ],
    }),
    ['spec.auditAnnotations[1].key: Duplicate value: "a"'],
  ],
] as const) {
  test(`a validating policy with ${why} gets ${want.length} errors`, () =>
    assert.deepEqual(refusals(ValidatingAdmissionPolicy, policy), want))
}

const applyConfiguration = { expression: 'Object{}' }
const mutation = { patchType: 'ApplyConfiguration', applyConfiguration }
const mutating = (spec: object) => ({ spec: { matchConstraints, reinvocationPolicy: 'Never', mutations: [mutation], ...spec } })

for (const [why, policy, want] of [
  ['one mutation', mutating({}), []],
  ['none', mutating({ mutations: [] }), ['spec.mutations: Required value: mutations must contain at least one item']],
  [
    'a patch of the other type',
    mutating({ mutations: [{ patchType: 'JSONPatch', applyConfiguration }] }),
    [
      'spec.mutations[0].jsonPatch: Required value: must be specified when patchType is JSONPatch',
      'spec.mutations[0].applyConfiguration: Invalid value: "{applyConfiguration}": must not be specified when patchType is JSONPatch',
    ],
  ],
  [
    'what is deleted',
    mutating({ matchConstraints: { resourceRules: [{ ...rule, operations: ['DELETE'] }] } }),
    ['spec.matchConstraints.resourceRules.operations: Unsupported value: "DELETE": supported values: "*", "CONNECT", "CREATE", "UPDATE"'],
  ],
  ['no order', mutating({ reinvocationPolicy: undefined }), ['spec.reinvocationPolicy: Required value']],
] as const) {
  test(`a mutating policy with ${why} gets ${want.length} errors`, () => assert.deepEqual(refusals(MutatingAdmissionPolicy, policy), want))
}

const bindingOf = (spec: object) => ({ spec: { policyName: 'p', validationActions: ['Deny'], ...spec } })

for (const [why, binding, want] of [
  ['no policy', bindingOf({ policyName: undefined }), ['spec.policyName: Required value']],
  [
    'no parameters',
    bindingOf({ paramRef: {} }),
    ['spec.paramRef: Required value: one of name or selector must be specified', 'spec.paramRef.parameterNotFoundAction: Required value'],
  ],
  [
    'parameters in two ways',
    bindingOf({ paramRef: { name: 'a', selector: {}, parameterNotFoundAction: 'Deny' } }),
    ['name', 'selector'].map((field) => `spec.paramRef.${field}: Forbidden: name and selector are mutually exclusive`),
  ],
] as const) {
  for (const kind of [ValidatingAdmissionPolicyBinding, MutatingAdmissionPolicyBinding])
    test(`a ${kind.kind} with ${why} gets ${want.length} errors`, () => assert.deepEqual(refusals(kind, binding), want))
}

test('a binding either refuses or warns', () => {
  assert.deepEqual(refusals(ValidatingAdmissionPolicyBinding, bindingOf({ validationActions: ['Deny', 'Warn', 'Deny'] })), [
    'spec.validationActions[2]: Duplicate value: "Deny"',
    'spec.validationActions: Invalid value: ["Deny","Warn","Deny"]: must not contain both Deny and Warn ' +
      '(repeating the same validation failure information in the API response and headers serves no purpose)',
  ])
})
