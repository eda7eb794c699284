/** Which store `navarch store` is about. */
import type { FlagValues } from '#component/flags'
import { boolFlag, listFlag, stringFlag } from '#component/flags'
import { dataDirFlag } from '../local-command.ts'

export const storeFlags = {
  ...dataDirFlag,
  'store-dir': stringFlag(
    '',
    "where the sqlite store lies: the data directory's own unless told otherwise (kube-apiserver keeps it in its --data-dir)",
  ),
  kubeconfig: stringFlag('', 'ask the API server of this kubeconfig instead of opening the store'),
  'etcd-servers': listFlag([], 'open this etcd instead: https://10.0.0.1:2379,...'),
  'etcd-prefix': stringFlag('/registry', 'where the objects lie in etcd'),
  'etcd-cafile': stringFlag('', "certificates of the authority of etcd's"),
  'etcd-certfile': stringFlag('', 'certificate to show to etcd'),
  'etcd-keyfile': stringFlag('', 'key of that certificate'),
  'etcd-username': stringFlag('', 'user of etcd'),
  'etcd-password-file': stringFlag('', 'file with the password of that user'),
  replace: boolFlag(false, 'let "snapshot restore" stop the control plane and put the store that is there aside; pods run on'),
  'keep-own-revisions': boolFlag(
    false,
    'leave an etcd that is filled at the revision it gets by itself; nodes, controllers and other clients must be stopped meanwhile',
  ),
  to: stringFlag('', 'where "migrate" brings the objects: etcd or sqlite; the other one is where they come from'),
}

export type StoreFlags = FlagValues<typeof storeFlags>
