/** One address for a set of pods. */
import { defineKind, type Kind } from '#meta/kind'
import { isDns1123Label } from '#meta/names'
import { keepSpec } from '../status-rules.ts'
import { proxySubresource, statusSubresource } from '../subresources.ts'
import * as schemas from './schema.gen.ts'
import { serviceColumns } from './service-columns.ts'
import { defaultService } from './service-defaults.ts'
import { prepareServiceCreate, prepareServiceUpdate } from './service-strategy.ts'
import { validateService, validateServiceStatus, validateServiceUpdate } from './service-validation.ts'
import { serviceWarnings } from './service-warnings.ts'
import type * as types from './types.gen.ts'

export type Service = types.Service
export const Service: Kind<Service> = defineKind({
  apiVersion: 'v1',
  kind: 'Service',
  plural: 'services',
  shortNames: ['svc'],
  categories: ['all'],
  scope: 'Namespaced',
  returnsDeleted: true,
  storePrefix: '/registry/services/specs/',
  createsOnUpdate: true,
  schema: schemas.Service,
  columns: serviceColumns,
  validateName: isDns1123Label,
  defaults: defaultService,
  prepareCreate: prepareServiceCreate,
  validateCreate: validateService,
  update: { prepare: prepareServiceUpdate, validate: validateServiceUpdate },
  status: { prepare: keepSpec, validate: validateServiceStatus },
  subresources: [proxySubresource('ServiceProxyOptions'), statusSubresource('Service')],
  selectableFields: {
    'spec.clusterIP': (service) => service.spec.clusterIP ?? '',
    'spec.type': (service) => service.spec.type ?? '',
  },
  warnings: serviceWarnings,
})
