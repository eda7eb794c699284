/** `kubectl certificate approve` and `deny`. */
import { nowRfc3339 } from '#base/env/clock'
import { boolFlag } from '#component/flags'
import { type Command, defineCommand } from '../../command.ts'
import { CommandError } from '../../errors.ts'
import { formatFlags } from '../../print/formats.ts'
import { reporter } from '../../print/outcome.ts'
import { replaceObject } from '../../resources/access.ts'
import { eachLiveTarget } from '../../resources/each-target.ts'
import { fileFlags, hasFiles } from '../../resources/manifests.ts'
import { type AnyObject, fieldsOf, listOf, valueAt } from '../../resources/unstructured.ts'

type Decision = { readonly verb: string; readonly done: string; readonly type: string; readonly opposite: string }

export const approve = decisionCommand({ verb: 'approve', done: 'approved', type: 'Approved', opposite: 'Denied' })
export const deny = decisionCommand({ verb: 'deny', done: 'denied', type: 'Denied', opposite: 'Approved' })

function decisionCommand(decision: Decision): Command {
  const { verb, done } = decision
  return defineCommand({
    name: verb,
    summary: `${verb === 'approve' ? 'Approve' : 'Deny'} a certificate signing request`,
    description:
      verb === 'approve'
        ? 'Whoever holds the certificate can act as its subject: look at what is asked for before you approve it.'
        : 'The signer must not issue the certificate.',
    examples: [[`A request by its name`, `kubectl certificate ${verb} my-request`]],
    usage: '(-f FILENAME | NAME)',
    flags: { ...formatFlags, ...fileFlags, force: boolFlag(false, 'Also where it was decided already.') },
    async run(call) {
      const { flags, args, cluster, host } = call
      if (args.length === 0 && !hasFiles(flags)) throw new CommandError('one or more CSRs must be specified as <name> or -f <filename>')
      const report = await reporter(call, flags)
      const selection = hasFiles(flags) ? { args, files: flags } : { args: ['certificatesigningrequests', ...args] }
      await eachLiveTarget(call, selection, async (target) => {
        const { object, resource } = target
        const conditions = listOf(valueAt(object, 'status', 'conditions')).map(fieldsOf)
        if (conditions.some(({ type }) => type === decision.opposite))
          throw new CommandError(`certificate signing request ${JSON.stringify(target.name)} is already ${decision.opposite}`)
        const isDecided = conditions.some(({ type }) => type === decision.type)
        const decided = withDecision(object, decision, nowRfc3339(host.clock))
        const saved = isDecided && !flags.force ? object : await replaceObject(cluster, target, decided, {}, 'approval')
        report({ resource, object: saved, operation: done })
      })
    },
  })
}

function withDecision(object: AnyObject, { verb, type }: Decision, now: string): AnyObject {
  const condition = {
    type,
    status: 'True',
    reason: `Kubectl${verb === 'approve' ? 'Approve' : 'Deny'}`,
    message: `This CSR was ${verb === 'approve' ? 'approved' : 'denied'} by kubectl certificate ${verb}.`,
    lastUpdateTime: now,
  }
  const others = listOf(valueAt(object, 'status', 'conditions')).filter((one) => fieldsOf(one)['type'] !== type)
  return { ...object, status: { ...fieldsOf(object['status']), conditions: [...others, condition] } }
}
