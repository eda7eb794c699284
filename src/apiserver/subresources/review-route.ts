/** Reviews are posted, answered and forgotten: the registry decodes, a review's own handler fills in the status. */
import type { KubeObject } from '#meta/object'
import { valueAnswer } from '../registry/answers.ts'
import { readObject } from '../registry/decode-object.ts'
import { withCreator } from '../registry/field-owners.ts'
import { inRequestNamespace } from '../registry/system-metadata.ts'
import { writeOptionsOf } from '../request/write-options.ts'
import type { ReviewHandler } from '../reviews/review.ts'
import type { ResourceHandler } from '../serve/dispatch-resource.ts'

export function reviewRoute(review: ReviewHandler): ResourceHandler {
  return async (registry, exchange, kind) => {
    const options = writeOptionsOf(exchange.request.query, 'CreateOptions')
    const decoded = await readObject({ kinds: registry.kinds, exchange, kind }, options.fieldValidation)
    const placed: KubeObject = inRequestNamespace(kind, exchange.info, decoded)
    const object = withCreator(registry, exchange, kind, placed, options)
    const context = { user: exchange.user, namespace: exchange.info.namespace, signal: exchange.signal }
    return valueAnswer(await review(object, context), 201)
  }
}
