/** Services take no external addresses beyond those that they have: whoever names one can take its traffic. */
import { Service } from '#kinds/core/service.kind'
import { definePlugin, refusal } from './plugin.ts'

export const denyServiceExternalIps = definePlugin<Service>({
  name: 'DenyServiceExternalIPs',
  kinds: [Service],
  operations: ['CREATE', 'UPDATE'],
  validate(admission) {
    const had = new Set(admission.old?.spec?.externalIPs ?? [])
    if ((admission.object.spec?.externalIPs ?? []).every((address) => had.has(address))) return
    throw refusal(admission, 'Use of external IPs is denied by admission control')
  },
})
