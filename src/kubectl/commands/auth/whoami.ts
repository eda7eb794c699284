/** `kubectl auth whoami`: as whom the server knows the caller. */
import { defineCommand } from '../../command.ts'
import { formatFlags, printerOf } from '../../print/formats.ts'
import { TabWriter, tableOptions } from '../../print/tab-writer.ts'
import { type AnyObject, fieldsOf, listOf, textOf, valueAt } from '../../resources/unstructured.ts'

const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: {} }

export const whoami = defineCommand({
  name: 'whoami',
  summary: 'Check who you are and your attributes (groups, extra)',
  examples: [['Your attributes', 'kubectl auth whoami']],
  usage: '',
  flags: formatFlags,
  async run({ flags, cluster, out }) {
    const print = await printerOf(flags)
    const { body } = await cluster.request({ method: 'POST', path: '/apis/authentication.k8s.io/v1/selfsubjectreviews', body: review })
    out(print === undefined ? tableOf(body) : print({ object: body as AnyObject, keepsOrder: true }))
  },
})

function tableOf(body: unknown): string {
  const user = fieldsOf(valueAt(body, 'status', 'userInfo'))
  const [uid, groups] = [textOf(user['uid']), listOf(user['groups'])]
  const extra = fieldsOf(user['extra'])
  const lines = [
    'ATTRIBUTE\tVALUE',
    `Username\t${textOf(user['username'])}`,
    ...(uid === '' ? [] : [`UID\t${uid}`]),
    ...(groups.length === 0 ? [] : [`Groups\t[${groups.join(' ')}]`]),
    ...Object.keys(extra)
      .toSorted()
      .map((key) => `Extra: ${key}\t[${listOf(extra[key]).join(' ')}]`),
  ]
  return new TabWriter(tableOptions).format(lines.map((line) => `${line}\n`).join(''))
}
