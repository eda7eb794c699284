/** The kinds of the group admissionregistration.k8s.io, in the order of their names. */
import type { Kind } from '#meta/kind'
import { MutatingAdmissionPolicy } from './mutating-admission-policy.kind.ts'
import { MutatingAdmissionPolicyBinding } from './mutating-admission-policy-binding.kind.ts'
import { MutatingWebhookConfiguration } from './mutating-webhook-configuration.kind.ts'
import { ValidatingAdmissionPolicy } from './validating-admission-policy.kind.ts'
import { ValidatingAdmissionPolicyBinding } from './validating-admission-policy-binding.kind.ts'
import { ValidatingWebhookConfiguration } from './validating-webhook-configuration.kind.ts'

export const admissionregistrationKinds: readonly Kind[] = [
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  MutatingWebhookConfiguration,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  ValidatingWebhookConfiguration,
]
