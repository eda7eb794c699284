/** What `/version` says: the Kubernetes version whose API is served. */
export type VersionInfo = { readonly [field: string]: string }

export const kubernetesVersion = 'v1.36.2'

export function versionInfo(platform: string): VersionInfo {
  return {
    major: '1',
    minor: '36',
    emulationMajor: '1',
    emulationMinor: '36',
    minCompatibilityMajor: '1',
    minCompatibilityMinor: '35',
    gitVersion: kubernetesVersion,
    gitCommit: '0000000000000000000000000000000000000000',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: 'none',
    compiler: 'none',
    platform,
  }
}
