/** `navarch store`: looking after the place where the objects of a cluster lie. */
import { localCommand } from '../local-command.ts'
import { LocalError } from '../settings.ts'
import { compactStore, showStatus, verifyTarget } from '../store/inspect.ts'
import { migrate, restoreFrom, saveTo } from '../store/snapshots.ts'
import { storeFlags } from '../store/store-flags.ts'

const verbs = 'status, verify, compact, snapshot save, snapshot restore or migrate'

const summary = `Look after the store, where the objects of a cluster lie.

  navarch store status                   health, size and revision
  navarch store verify                   check every checksum, and that every object decodes
  navarch store compact                  forget what was replaced or deleted
  navarch store snapshot save FILE       write all objects of one moment to a file, while the cluster goes on
  navarch store snapshot restore FILE    make a store from such a file
  navarch store migrate --to=etcd        copy a stopped sqlite store into an empty etcd; --to=sqlite the other way

The store is that of the cluster in --data-dir: its file where the cluster is stopped, its API server where it runs. --kubeconfig names
another API server, --etcd-servers an etcd. One snapshot fits every kind of store.

  navarch store snapshot save /backup/monday.snapshot
  navarch store snapshot restore /backup/monday.snapshot --data-dir /var/lib/navarch-2
  navarch store migrate --to=etcd --etcd-servers=https://10.0.0.1:2379 --etcd-cafile=ca.crt

A restore never overwrites: it takes a directory without a store, or an empty etcd. The restored store counts on from a revision far beyond the
old one's, so that kubelets, controllers and every other client notice and list anew; running containers are not touched.`

export const store = localCommand({
  name: 'store',
  summary,
  usage: 'status | verify | compact | snapshot save FILE | snapshot restore FILE | migrate',
  flags: storeFlags,
  async run(host, flags, { args, signal }) {
    const run = { host, flags, signal }
    const [verb = '', second, file] = args
    switch (verb) {
      case 'status':
        return await showStatus(run)
      case 'verify':
        return await verifyTarget(run)
      case 'compact':
        return await compactStore(run)
      case 'snapshot':
        return await snapshotOf(second, file, run)
      case 'migrate':
        return await migrate(run)
      case '':
        throw new LocalError(`say what to do with the store: ${verbs}; "navarch store --help" tells more`)
      default:
        throw new LocalError(`unknown command ${JSON.stringify(verb)} for "navarch store": ${verbs}`)
    }
  },
})

async function snapshotOf(verb: string | undefined, file: string | undefined, run: Parameters<typeof saveTo>[1]): Promise<number> {
  if (verb !== 'save' && verb !== 'restore')
    throw new LocalError('say "navarch store snapshot save FILE" or "navarch store snapshot restore FILE"')
  if (file === undefined) throw new LocalError(`name the file: navarch store snapshot ${verb} monday.snapshot`)
  return await (verb === 'save' ? saveTo : restoreFrom)(file, run)
}
