/** Which store `navarch store` is about. */
import { etcdFlags } from '#apiserver/etcd-flags'
import type { FlagValues } from '#component/flags'
import { boolFlag, listFlag, stringFlag } from '#component/flags'
import { dataDirFlag } from '../local-command.ts'

export const storeFlags = {
  ...dataDirFlag,
  ...etcdFlags,
  'etcd-servers': listFlag([], 'open this etcd instead: https://10.0.0.1:2379,...'),
  'store-dir': stringFlag(
    '',
    "where the sqlite store lies: the data directory's own unless told otherwise (kube-apiserver keeps it in its --data-dir)",
  ),
  kubeconfig: stringFlag('', 'ask the API server of this kubeconfig instead of opening the store'),
  replace: boolFlag(false, 'let "snapshot restore" stop the control plane and put the store that is there aside; pods run on'),
  'keep-own-revisions': boolFlag(
    false,
    'leave an etcd that is filled at the revision it gets by itself; nodes, controllers and other clients must be stopped meanwhile',
  ),
  to: stringFlag('', 'where "migrate" brings the objects: etcd or sqlite; the other one is where they come from'),
}

export type StoreFlags = FlagValues<typeof storeFlags>
