/** Versions such as `1.36.0-alpha.1`: three numbers, and what marks a version before a release. */

export type VersionNumbers = { readonly numbers: readonly number[]; readonly isRelease: boolean }

export const lowestVersion: VersionNumbers = { numbers: [0, 0, 0], isRelease: true }

const pattern = /^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/

/** Undefined for what is no version. */
export function versionNumbers(text: string): VersionNumbers | undefined {
  const [, major, minor, patch, before] = pattern.exec(text) ?? []
  return major === undefined ? undefined : { numbers: [major, minor, patch].map(Number), isRelease: before === undefined }
}

/** Negative where `a` comes first; what comes before a release comes before it here too. */
export function compareVersions(a: VersionNumbers, b: VersionNumbers): number {
  for (const [index, number] of a.numbers.entries()) {
    const difference = number - (b.numbers[index] ?? 0)
    if (difference !== 0) return difference
  }
  return Number(a.isRelease) - Number(b.isRelease)
}
