/** A variable with the value that its ConfigMap or Secret gives it. */
import type { Call } from '../command.ts'
import { getObject } from '../resources/access.ts'
import { madeResources } from '../resources/made-resources.ts'
import { type Fields, fieldsOf, textOf } from '../resources/unstructured.ts'
import { variableText } from './environment-changes.ts'

export async function resolvedText(call: Pick<Call, 'cluster'>, variable: Fields): Promise<string> {
  const { configMapKeyRef, secretKeyRef } = fieldsOf(variable['valueFrom'])
  const reference = fieldsOf(configMapKeyRef ?? secretKeyRef)
  if (reference['name'] === undefined) return variableText(variable)
  const resource = configMapKeyRef === undefined ? madeResources.secret : madeResources.configMap
  const { name: namespace } = await call.cluster.namespace()
  const source = await getObject(call.cluster, { resource, namespace, name: textOf(reference['name']) })
  const value = textOf(fieldsOf(source['data'])[textOf(reference['key'])])
  return `${textOf(variable['name'])}=${configMapKeyRef === undefined ? Buffer.from(value, 'base64').toString() : value}`
}
