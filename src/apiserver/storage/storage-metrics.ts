/** What the stores hold, under upstream's names. Looked up when somebody asks for metrics: nothing is polled. */
import { Gauge, type Registry as MetricsRegistry } from 'prom-client'
import type { Kind } from '#meta/kind'
import type { Storages } from './storage.ts'
import { storedKindOf } from './value-format.ts'

export function registerStorageMetrics(registry: MetricsRegistry, storages: Storages, kinds: () => Iterable<Kind>): void {
  const registers = [registry]
  new Gauge({
    name: 'apiserver_resource_objects',
    help: 'Objects of each resource.',
    registers,
    labelNames: ['group', 'resource'],
    collect() {
      this.reset()
      for (const kind of kinds()) {
        if (kind.isVirtual || storedKindOf(kind) !== kind) continue
        this.set({ group: kind.group, resource: kind.plural }, storages.cacheOf(kind).size)
      }
    },
  })
  new Gauge({
    name: 'apiserver_storage_size_bytes',
    help: 'What each store takes on disk; without a disk, in memory.',
    registers,
    labelNames: ['storage_cluster_id'],
    async collect() {
      for (const [index, { store }] of storages.all().entries()) {
        const { sizeBytes } = await store.status()
        this.set({ storage_cluster_id: `etcd-${index}` }, sizeBytes)
      }
    },
  })
}
