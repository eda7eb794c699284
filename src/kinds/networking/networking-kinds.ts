/** The kinds of the group networking.k8s.io, in the order of their names. */
import type { Kind } from '#meta/kind'
import { Ingress } from './ingress.kind.ts'
import { IngressClass } from './ingress-class.kind.ts'
import { IPAddress } from './ip-address.kind.ts'
import { NetworkPolicy } from './network-policy.kind.ts'
import { ServiceCIDR } from './service-cidr.kind.ts'

export const networkingKinds: readonly Kind[] = [IPAddress, Ingress, IngressClass, NetworkPolicy, ServiceCIDR]
