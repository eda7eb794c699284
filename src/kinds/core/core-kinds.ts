/** The kinds of the core group, in the order of their names. */
import type { Kind } from '#meta/kind'
import { Binding } from './binding.kind.ts'
import { ComponentStatus } from './component-status.kind.ts'
import { ConfigMap } from './config-map.kind.ts'
import { Endpoints } from './endpoints.kind.ts'
import { Event } from './event.kind.ts'
import { LimitRange } from './limit-range.kind.ts'
import { Namespace } from './namespace.kind.ts'
import { Node } from './node.kind.ts'
import { PersistentVolume } from './persistent-volume.kind.ts'
import { PersistentVolumeClaim } from './persistent-volume-claim.kind.ts'
import { Pod } from './pod/pod.kind.ts'
import { PodTemplate } from './pod-template.kind.ts'
import { ReplicationController } from './replication-controller.kind.ts'
import { ResourceQuota } from './resource-quota.kind.ts'
import { Secret } from './secret.kind.ts'
import { Service } from './service.kind.ts'
import { ServiceAccount } from './service-account.kind.ts'

export const coreKinds: readonly Kind[] = [
  Binding,
  ComponentStatus,
  ConfigMap,
  Endpoints,
  Event,
  LimitRange,
  Namespace,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodTemplate,
  ReplicationController,
  ResourceQuota,
  Secret,
  Service,
  ServiceAccount,
]
