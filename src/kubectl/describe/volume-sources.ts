/** Where volumes come from, for pods and for persistent volumes: a name with an explanation, and the fields that are shown. */
import { type Fields, fieldsOf } from '../resources/unstructured.ts'
import { byKey, goList, type Lines } from './lines.ts'

/** As upstream, one label lacks its colon. */
type Fact = readonly [label: string, field: string, missing?: string | number | boolean]

type Source = { readonly type: string; readonly facts: readonly Fact[] }

const readOnly: Fact = ['ReadOnly:', 'readOnly', false]
const fsType: Fact = ['FSType:', 'fsType']

const sources: Readonly<Record<string, Source>> = {
  hostPath: {
    type: 'HostPath (bare host directory volume)',
    facts: [
      ['Path:', 'path'],
      ['HostPathType:', 'type', '<none>'],
    ],
  },
  emptyDir: {
    type: "EmptyDir (a temporary directory that shares a pod's lifetime)",
    facts: [
      ['Medium:', 'medium'],
      ['SizeLimit:', 'sizeLimit', '<unset>'],
    ],
  },
  gcePersistentDisk: {
    type: 'GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)',
    facts: [['PDName:', 'pdName'], fsType, ['Partition:', 'partition', 0], readOnly],
  },
  awsElasticBlockStore: {
    type: 'AWSElasticBlockStore (a Persistent Disk resource in AWS)',
    facts: [['VolumeID:', 'volumeID'], fsType, ['Partition:', 'partition', 0], readOnly],
  },
  gitRepo: {
    type: 'GitRepo (a volume that is pulled from git when the pod is created)',
    facts: [
      ['Repository:', 'repository'],
      ['Revision:', 'revision'],
    ],
  },
  secret: {
    type: 'Secret (a volume populated by a Secret)',
    facts: [
      ['SecretName:', 'secretName'],
      ['Optional:', 'optional', false],
    ],
  },
  configMap: {
    type: 'ConfigMap (a volume populated by a ConfigMap)',
    facts: [
      ['Name:', 'name'],
      ['Optional:', 'optional', false],
    ],
  },
  nfs: { type: 'NFS (an NFS mount that lasts the lifetime of a pod)', facts: [['Server:', 'server'], ['Path:', 'path'], readOnly] },
  iscsi: {
    type: "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
    facts: [
      ['TargetPortal:', 'targetPortal'],
      ['IQN:', 'iqn'],
      ['Lun:', 'lun', 0],
      ['ISCSIInterface', 'iscsiInterface'],
      fsType,
      readOnly,
      ['Portals:', 'portals', '[]'],
      ['DiscoveryCHAPAuth:', 'chapAuthDiscovery', false],
      ['SessionCHAPAuth:', 'chapAuthSession', false],
      ['SecretRef:', 'secretRef', 'nil'],
      ['InitiatorName:', 'initiatorName', '<none>'],
    ],
  },
  glusterfs: {
    type: "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
    facts: [['EndpointsName:', 'endpoints'], ['Path:', 'path'], readOnly],
  },
  persistentVolumeClaim: {
    type: 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
    facts: [['ClaimName:', 'claimName'], readOnly],
  },
  rbd: {
    type: "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
    facts: [
      ['CephMonitors:', 'monitors', '[]'],
      ['RBDImage:', 'image'],
      fsType,
      ['RBDPool:', 'pool'],
      ['RadosUser:', 'user'],
      ['Keyring:', 'keyring'],
      ['SecretRef:', 'secretRef', 'nil'],
      readOnly,
    ],
  },
  flexVolume: {
    type: 'FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)',
    facts: [['Driver:', 'driver'], fsType, ['SecretRef:', 'secretRef', 'nil'], readOnly, ['Options:', 'options', 'map[]']],
  },
  cinder: {
    type: 'Cinder (a Persistent Disk resource in OpenStack)',
    facts: [['VolumeID:', 'volumeID'], fsType, readOnly, ['SecretRef:', 'secretRef', 'nil']],
  },
  cephfs: {
    type: "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
    facts: [
      ['Monitors:', 'monitors', '[]'],
      ['Path:', 'path'],
      ['User:', 'user'],
      ['SecretFile:', 'secretFile'],
      ['SecretRef:', 'secretRef', 'nil'],
      readOnly,
    ],
  },
  flocker: {
    type: 'Flocker (a Flocker volume mounted by the Flocker agent)',
    facts: [
      ['DatasetName:', 'datasetName'],
      ['DatasetUUID:', 'datasetUUID'],
    ],
  },
  fc: {
    type: 'FC (a Fibre Channel disk)',
    facts: [['TargetWWNs:', 'targetWWNs'], ['LUN:', 'lun', 0], fsType, readOnly],
  },
  azureFile: {
    type: 'AzureFile (an Azure File Service mount on the host and bind mount to the pod)',
    facts: [['SecretName:', 'secretName'], ['ShareName:', 'shareName'], readOnly],
  },
  vsphereVolume: {
    type: 'vSphereVolume (a Persistent Disk resource in vSphere)',
    facts: [['VolumePath:', 'volumePath'], fsType, ['StoragePolicyName:', 'storagePolicyName']],
  },
  quobyte: {
    type: "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
    facts: [['Registry:', 'registry'], ['Volume:', 'volume'], readOnly],
  },
  azureDisk: {
    type: 'AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)',
    facts: [
      ['DiskName:', 'diskName'],
      ['DiskURI:', 'diskURI'],
      ['Kind:', 'kind', 'Shared'],
      fsType,
      ['CachingMode:', 'cachingMode', 'ReadWrite'],
      readOnly,
    ],
  },
  photonPersistentDisk: {
    type: 'PhotonPersistentDisk (a Persistent Disk resource in photon platform)',
    facts: [['PdID:', 'pdID'], fsType],
  },
  portworxVolume: { type: 'PortworxVolume (a Portworx Volume resource)', facts: [['VolumeID:', 'volumeID']] },
  storageos: {
    type: 'StorageOS (a StorageOS Persistent Disk resource)',
    facts: [['VolumeName:', 'volumeName'], ['VolumeNamespace:', 'volumeNamespace'], fsType, readOnly],
  },
  scaleIO: {
    type: 'ScaleIO (a persistent volume backed by a block device in ScaleIO)',
    facts: [
      ['Gateway:', 'gateway'],
      ['System:', 'system'],
      ['Protection Domain:', 'protectionDomain'],
      ['Storage Pool:', 'storagePool'],
      ['Storage Mode:', 'storageMode'],
      ['VolumeName:', 'volumeName'],
      fsType,
      readOnly,
    ],
  },
  local: { type: 'LocalVolume (a persistent volume backed by local storage on a node)', facts: [['Path:', 'path']] },
  image: {
    type: 'Image (a container image or OCI artifact)',
    facts: [
      ['Reference:', 'reference'],
      ['PullPolicy:', 'pullPolicy'],
    ],
  },
}

/** Undefined where the table does not know the source that `volume` has. */
export function tabledSourceLines(volume: Fields): Lines | undefined {
  const [name, source] = Object.entries(sources).find(([field]) => volume[field] !== undefined) ?? []
  if (name === undefined || source === undefined) return undefined
  const values = fieldsOf(volume[name])
  return [
    `Type:\t${source.type}`,
    ...source.facts.map(([label, field, missing = '']) => `${label}\t${valueText(field, values[field] ?? missing)}`),
  ]
}

/** As Go prints the few types that occur. */
function valueText(field: string, value: unknown): string {
  if (field === 'targetWWNs' && Array.isArray(value)) return value.join(', ')
  if (Array.isArray(value)) return goList(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (field === 'options')
    return `map[${Object.entries(value)
      .toSorted(byKey)
      .map(([key, one]) => `${key}:${one}`)
      .join(' ')}]`
  const { name = '', namespace } = fieldsOf(value)
  const place = namespace === undefined ? '' : `Namespace:${String(namespace)},`
  return `&${namespace === undefined ? 'LocalObjectReference' : 'SecretReference'}{Name:${String(name)},${place}}`
}

/** What a CSI driver was told; each line carries the indentation of the block once more, as upstream's do. */
export function attributeLines(attributes: Readonly<Record<string, string>> = {}): Lines {
  const pairs = Object.keys(attributes)
    .toSorted()
    .map((key) => `${key}=${attributes[key]}`)
    .map((pair) => (pair.length > 140 ? `${pair.slice(0, 140)}...` : pair))
  if (pairs.length === 0) return ['VolumeAttributes:\t<none>']
  return pairs.map((pair, index) => `${index === 0 ? 'VolumeAttributes:' : '    '}\t    ${pair}`)
}
