/** The annotation in which client-side apply remembers what it applied last. */
import { compactJson, escaped } from '../print/json.ts'
import { type AnyObject, type Fields, fieldsOf } from '../resources/unstructured.ts'

export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration'

/** `object` with a description of itself in the annotation, made of its fields in their order. */
export function rememberingItself(object: AnyObject): AnyObject {
  const text = `${escaped(JSON.stringify(object))}\n`
  return { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [lastAppliedAnnotation]: text } } }
}

/** `object` with a description of itself in the annotation. */
export function withLastApplied(object: AnyObject): AnyObject {
  const { [lastAppliedAnnotation]: _, ...annotations } = object.metadata.annotations ?? {}
  const plain = { ...object, metadata: { ...object.metadata, annotations } }
  return { ...plain, metadata: { ...plain.metadata, annotations: { ...annotations, [lastAppliedAnnotation]: `${compactJson(plain)}\n` } } }
}

/** Undefined where the object was never applied. */
export function lastAppliedOf(object: AnyObject): Fields | undefined {
  const text = object.metadata.annotations?.[lastAppliedAnnotation]
  return text === undefined ? undefined : fieldsOf(JSON.parse(text))
}

/** The merge patch that makes `object` what was applied last, with its own annotations as they are. */
export function annotationPatch(object: AnyObject): Fields {
  return { metadata: { annotations: { [lastAppliedAnnotation]: `${compactJson(object)}\n` } } }
}
