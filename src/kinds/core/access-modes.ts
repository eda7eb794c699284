/** The ways in which a volume can be mounted. */
import { type FieldErrors, type FieldPath, forbiddenField, notSupported } from '#meta/field-path'

const shortForms: readonly (readonly [mode: string, short: string])[] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
]

export function accessModesText(modes: readonly string[] | undefined): string {
  return shortForms
    .filter(([mode]) => modes?.includes(mode))
    .map(([, short]) => short)
    .join(',')
}

const knownModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']

export function* validateAccessModes(modes: readonly string[], at: FieldPath): FieldErrors {
  for (const mode of modes) if (!knownModes.includes(mode)) yield notSupported(at, mode, knownModes)
  if (modes.includes('ReadWriteOncePod') && modes.some((mode) => knownModes.includes(mode) && mode !== 'ReadWriteOncePod')) {
    yield forbiddenField(at, 'may not use ReadWriteOncePod with other access modes')
  }
}
