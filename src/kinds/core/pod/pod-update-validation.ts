/** What may change in a pod that exists. */
import type { FieldErrors } from '#meta/field-path'
import type { Pod } from '../types.gen.ts'

export function* validatePodUpdate(_next: Pod, _old: Pod): FieldErrors {}

export function* validatePodStatusUpdate(_next: Pod, _old: Pod): FieldErrors {}
