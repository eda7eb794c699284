/**
 * Makes sure that the objects exist which every cluster starts with. Runs at each start, and in part again and again: on
 * a new store it writes all of them at once, later it reads a few lists and restores what is missing.
 */
import type { Clock } from '#base/env/clock'
import type { Client } from '#client/client'
import { ConfigMap } from '#kinds/core/config-map.kind'
import { Namespace } from '#kinds/core/namespace.kind'
import { Service } from '#kinds/core/service.kind'
import { FlowSchema } from '#kinds/flowcontrol/flow-schema.kind'
import { PriorityLevelConfiguration } from '#kinds/flowcontrol/priority-level-configuration.kind'
import { ServiceCIDR } from '#kinds/networking/service-cidr.kind'
import { ClusterRole } from '#kinds/rbac/cluster-role.kind'
import { ClusterRoleBinding } from '#kinds/rbac/cluster-role-binding.kind'
import { Role } from '#kinds/rbac/role.kind'
import { RoleBinding } from '#kinds/rbac/role-binding.kind'
import type { RoleRef, Subject } from '#kinds/rbac/types.gen'
import { PriorityClass } from '#kinds/scheduling/priority-class.kind'
import type { Kind } from '#meta/kind'
import { type KubeObject, keyOf, refOf } from '#meta/object'
import { hasReason, ignoreNotFound } from '#meta/status'
import { bootstrapFlowSchemas, bootstrapPriorityLevels, specAutoUpdateAnnotation } from './flow-objects.ts'
import { bootstrapClusterRoleBindings, bootstrapClusterRoles, bootstrapRoleBindings, bootstrapRoles } from './policy-objects.ts'
import { bindingPlan, reconciledRole } from './policy-reconcile.ts'
import { asApiServer, createUnlessThere, isEqual, restoreObject } from './restore-object.ts'
import {
  extensionAuthentication,
  type FrontProxyOptions,
  type KubernetesServiceOptions,
  kubernetesService,
  legacyTokenTracking,
  namespace,
  readyServiceCidr,
  serviceCidr,
  systemNamespaces,
  systemPriorityClasses,
  withSecondFamily,
} from './system-objects.ts'

export type BootstrapOptions = {
  readonly clock: Clock
  readonly kubernetesService: KubernetesServiceOptions
  readonly serviceCidrs: readonly string[]
  readonly clientCaPem?: string | undefined
  readonly frontProxy?: FrontProxyOptions | undefined
  /** False where RBAC is not in use. */
  readonly hasPolicy: boolean
}

/** Servers that start at the same moment write the same objects. */
const attemptsMax = 10

export async function ensureBootstrapObjects(client: Client, options: BootstrapOptions, signal?: AbortSignal): Promise<void> {
  await insisting(async () => await ensureOnce(new Writer(client, signal), options))
}

/** As upstream, roles and priority classes are looked after at the start only; all else for as long as the server runs. */
export async function repairBootstrapObjects(client: Client, options: BootstrapOptions, signal?: AbortSignal): Promise<void> {
  await insisting(async () => {
    const writer = new Writer(client, signal)
    await allOf([ensureFlows(writer), ensureServiceCidr(writer, options), ensureNamespaces(writer).then(() => ensureOwn(writer, options))])
  })
}

async function insisting(ensure: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ensure()
    } catch (error) {
      if (attempt === attemptsMax || !hasReason(error, 'Conflict', 'NotFound')) throw error
    }
  }
}

async function ensureOnce(writer: Writer, options: BootstrapOptions): Promise<void> {
  const clusterWide = [
    writer.ensureAll(PriorityClass, systemPriorityClasses),
    ensureFlows(writer),
    ensureServiceCidr(writer, options),
    ...(options.hasPolicy
      ? [
          writer.reconcileRoles(ClusterRole, bootstrapClusterRoles),
          writer.reconcileBindings(ClusterRoleBinding, bootstrapClusterRoleBindings),
        ]
      : []),
  ]
  // What is namespaced has to wait for its namespace.
  const namespaced = ensureNamespaces(writer).then(() => allOf([ensureOwn(writer, options), ensureNamespacedPolicy(writer, options)]))
  await allOf([...clusterWide, namespaced])
}

/** Waits for all, so that nothing is still under way when one of them fails. */
async function allOf(writes: readonly Promise<unknown>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(writes)) if (outcome.status === 'rejected') throw outcome.reason
}

async function ensureNamespaces(writer: Writer): Promise<void> {
  await writer.ensureAll(Namespace, systemNamespaces.map(namespace))
}

async function ensureFlows(writer: Writer): Promise<void> {
  await allOf([
    writer.restoreSpecs(PriorityLevelConfiguration, bootstrapPriorityLevels),
    writer.restoreSpecs(FlowSchema, bootstrapFlowSchemas),
  ])
}

/** Further ranges are the administrator's: only the first one is made here, gets its second family, and is said to be in use. */
async function ensureServiceCidr(writer: Writer, { clock, serviceCidrs }: BootstrapOptions): Promise<void> {
  const wanted = serviceCidr(serviceCidrs)
  await writer.restore(ServiceCIDR, wanted, withSecondFamily)
  await writer.applyStatus(ServiceCIDR, wanted, 'kubernetes-service-cidr-controller', (found) => readyServiceCidr(found, clock.nowMs()))
}

/** One by one: of config maps there may be many, and a list reads them all. */
async function ensureOwn(writer: Writer, { clock, clientCaPem, frontProxy, ...options }: BootstrapOptions): Promise<void> {
  const authentication = extensionAuthentication(clientCaPem, frontProxy)
  await allOf([
    writer.restore(Service, kubernetesService(options.kubernetesService), withPorts),
    writer.restore(ConfigMap, legacyTokenTracking(clock.nowMs()), withSince),
    ...(authentication === undefined ? [] : [writer.restore(ConfigMap, authentication, (found, { data }) => ({ ...found, data }))]),
  ])
}

async function ensureNamespacedPolicy(writer: Writer, { hasPolicy }: BootstrapOptions): Promise<void> {
  if (!hasPolicy) return
  await allOf([writer.reconcileRoles(Role, bootstrapRoles), writer.reconcileBindings(RoleBinding, bootstrapRoleBindings)])
}

/** The day of the first start stays, if it is one. */
function withSince(found: ConfigMap, { data }: ConfigMap): ConfigMap {
  return /^\d{4}-\d\d-\d\d$/.test(found.data?.['since'] ?? '') ? found : { ...found, data: { ...found.data, ...data } }
}

/** Only the target port is restored: the address cannot change, and the rest belongs to the administrator. */
function withPorts(found: Service, wanted: Service): Service {
  const targetPort = wanted.spec?.ports?.[0]?.targetPort
  return { ...found, spec: { ...found.spec, ports: found.spec?.ports?.map((port) => ({ ...port, targetPort })) } }
}

const asFlowProducer = { fieldManager: 'api-priority-and-fairness-config-producer-v1' }

type AnyRole = KubeObject & Pick<ClusterRole, 'rules' | 'aggregationRule'>
type AnyBinding = KubeObject & { readonly subjects?: readonly Subject[]; readonly roleRef: RoleRef }

/** Writes that are right whether or not the object is there, and whoever writes at the same time. */
class Writer {
  readonly #client: Client
  readonly #signal: AbortSignal | undefined

  constructor(client: Client, signal: AbortSignal | undefined) {
    this.#client = client
    this.#signal = signal
  }

  /** Creates what is missing, and leaves what is there as it is. */
  async ensureAll<T extends KubeObject>(kind: Kind<T>, wanted: readonly T[]): Promise<void> {
    const found = await this.#found(kind)
    await Promise.all(wanted.filter((object) => !found.has(keyOf(refOf(object)))).map((object) => this.#create(kind, object)))
  }

  async restore<T extends KubeObject>(kind: Kind<T>, wanted: T, restored: (found: T, wanted: T) => T): Promise<void> {
    await restoreObject(this.#client, kind, wanted, restored, this.#signal)
  }

  /** Creates what is missing, and puts back specs that are marked as ours. */
  async restoreSpecs<T extends KubeObject & { readonly spec?: unknown }>(kind: Kind<T>, wanted: readonly T[]): Promise<void> {
    const found = await this.#found(kind)
    await Promise.all(
      wanted.map(async (object) => {
        const existing = found.get(keyOf(refOf(object)))
        if (existing === undefined) return await createUnlessThere(this.#client, kind, object, asFlowProducer, this.#signal)
        if (existing.metadata.annotations?.[specAutoUpdateAnnotation] !== 'true' || isEqual(existing.spec, object.spec)) return
        await this.#client.update(kind, { ...existing, spec: object.spec }, asFlowProducer, this.#signal)
      }),
    )
  }

  /** Applies what `patchOf` says of the status, in the name of one of upstream's controllers. */
  async applyStatus<T extends KubeObject>(
    kind: Kind<T>,
    wanted: T,
    fieldManager: string,
    patchOf: (found: T) => object | undefined,
  ): Promise<void> {
    const body = patchOf(await this.#client.get(kind, refOf(wanted), this.#signal))
    if (body === undefined) return
    await this.#client.patch(kind, refOf(wanted), { type: 'apply', body, fieldManager, force: true, subresource: 'status' }, this.#signal)
  }

  async reconcileRoles<R extends AnyRole>(kind: Kind<R>, wanted: readonly R[]): Promise<void> {
    const found = await this.#found(kind)
    await Promise.all(
      wanted.map(async (role) => {
        const existing = found.get(keyOf(refOf(role)))
        if (existing === undefined) return await this.#create(kind, role)
        const next = reconciledRole(role, existing)
        if (next !== undefined) await this.#client.update(kind, next, asApiServer, this.#signal)
      }),
    )
  }

  async reconcileBindings<B extends AnyBinding>(kind: Kind<B>, wanted: readonly B[]): Promise<void> {
    const found = await this.#found(kind)
    await Promise.all(
      wanted.map(async (binding) => {
        const existing = found.get(keyOf(refOf(binding)))
        if (existing === undefined) return await this.#create(kind, binding)
        const plan = bindingPlan(binding, existing)
        if (plan?.kind === 'update') await this.#client.update(kind, plan.binding, asApiServer, this.#signal)
        if (plan?.kind === 'replace') await this.#replace(kind, binding, existing)
      }),
    )
  }

  async #replace<B extends AnyBinding>(kind: Kind<B>, wanted: B, existing: B): Promise<void> {
    const { uid } = refOf(existing)
    await ignoreNotFound(this.#client.delete(kind, refOf(existing), { uid }, this.#signal))
    await this.#create(kind, wanted)
  }

  async #found<T extends KubeObject>(kind: Kind<T>): Promise<ReadonlyMap<string, T>> {
    const { items } = await this.#client.list(kind, {}, this.#signal)
    return new Map(items.map((object) => [keyOf(refOf(object)), object]))
  }

  async #create<T extends KubeObject>(kind: Kind<T>, object: T): Promise<void> {
    await createUnlessThere(this.#client, kind, object, asApiServer, this.#signal)
  }
}
