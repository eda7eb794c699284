/** The plugins that need not think: everything, and nothing. */
import { type AdmissionPlugin, refusal } from './plugin.ts'

export const alwaysAdmit: AdmissionPlugin = { name: 'AlwaysAdmit', operations: ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] }

export const alwaysDeny: AdmissionPlugin = {
  name: 'AlwaysDeny',
  operations: ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'],
  mutate(admission) {
    throw refusal(admission, 'admission control is denying all modifications')
  },
  validate(admission) {
    throw refusal(admission, 'admission control is denying all modifications')
  },
}
