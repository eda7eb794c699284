/** Storage classes, volume attributes classes and the CSI drivers of a node. */
import type { CSINode, StorageClass, VolumeAttributesClass } from '#kinds/storage/types.gen'
import { formatLabels } from '#meta/labels'
import { labelAndAnnotationLines } from './identity.ts'
import { boolText, indented, type Lines, longTime, onlyIf } from './lines.ts'
import type { Surroundings } from './surroundings.ts'
import { termLines } from './terms.ts'

const defaultAnnotation = 'storageclass.kubernetes.io/is-default-class'

export async function describeStorageClass(storageClass: StorageClass, around: Surroundings): Promise<Lines> {
  const { metadata, provisioner, parameters, allowVolumeExpansion, mountOptions = [], allowedTopologies = [] } = storageClass
  const annotations = metadata.annotations ?? {}
  const isDefault = [defaultAnnotation, 'storageclass.beta.kubernetes.io/is-default-class'].some((name) => annotations[name] === 'true')
  return [
    `Name:\t${metadata.name ?? ''}`,
    `IsDefaultClass:\t${isDefault ? 'Yes' : 'No'}`,
    ...`Annotations:\t${formatLabels(annotations)}`.split('\n'),
    `Provisioner:\t${provisioner}`,
    `Parameters:\t${formatLabels(parameters)}`,
    `AllowVolumeExpansion:\t${allowVolumeExpansion === undefined ? '<unset>' : boolText(allowVolumeExpansion)}`,
    ...(mountOptions.length === 0 ? ['MountOptions:\t<none>'] : ['MountOptions:', ...mountOptions.map((option) => `  ${option}`)]),
    ...onlyIf(storageClass.reclaimPolicy !== undefined, `ReclaimPolicy:\t${storageClass.reclaimPolicy}`),
    ...onlyIf(storageClass.volumeBindingMode !== undefined, `VolumeBindingMode:\t${storageClass.volumeBindingMode}`),
    ...onlyIf(allowedTopologies.length > 0, 'AllowedTopologies:\t'),
    ...allowedTopologies.flatMap(({ matchLabelExpressions = [] }, index) => indented(termLines(`Term ${index}`, matchLabelExpressions))),
    ...(await around.events(storageClass)),
  ]
}

export async function describeVolumeAttributesClass(attributes: VolumeAttributesClass, around: Surroundings): Promise<Lines> {
  const { metadata, driverName, parameters } = attributes
  return [
    `Name:\t${metadata.name ?? ''}`,
    ...`Annotations:\t${formatLabels(metadata.annotations)}`.split('\n'),
    `DriverName:\t${driverName}`,
    `Parameters:\t${formatLabels(parameters)}`,
    ...(await around.events(attributes)),
  ]
}

export async function describeCsiNode(node: CSINode, around: Surroundings): Promise<Lines> {
  const { metadata, spec } = node
  const drivers = (spec.drivers ?? []).flatMap(({ name, nodeID, allocatable, topologyKeys = [] }) => [
    `${name}:`,
    `  Node ID:\t${nodeID}`,
    ...onlyIf(allocatable?.count !== undefined, '  Allocatables:', `    Count:\t${allocatable?.count}`),
    ...onlyIf(topologyKeys.length > 0, `  Topology Keys:\t[${topologyKeys.join(' ')}]`),
  ])
  return [
    `Name:\t${metadata.name ?? ''}`,
    ...labelAndAnnotationLines(node),
    `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`,
    'Spec:',
    ...(drivers.length === 0 ? [] : ['  Drivers:', ...indented(drivers, 2)]),
    ...(await around.events(node)),
  ]
}
