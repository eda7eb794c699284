/** Who may import whom. Data; `layers.test.ts` holds the tree to it. */

/** Lower layers never know of higher ones; components (L5) never know of each other. */
export const layers: Readonly<Record<string, readonly string[]>> = {
  base: [],
  net: ['base'],
  meta: ['base'],
  cel: ['base', 'meta'],
  store: ['base', 'net', 'meta'],
  client: ['base', 'net', 'meta'],
  kinds: ['base', 'meta', 'cel'],
  reconcile: ['base', 'net', 'meta', 'client', 'kinds'],
  component: ['base', 'net', 'meta', 'client', 'kinds'],
  domain: ['base', 'meta', 'kinds'],
  ...Object.fromEntries(
    ['apiserver', 'controllers', 'scheduler', 'kubelet', 'proxy', 'network', 'dns', 'cloud', 'kubectl', 'kubeadm', 'dashboard'].map(
      (name) => [name, ['base', 'net', 'meta', 'cel', 'store', 'client', 'kinds', 'reconcile', 'component', 'domain']],
    ),
  ),
  local: ['*'],
  testing: ['*'],
}

/** Folders that also run in a browser: no `node:` import outside of tests. */
export const browserSafe: readonly string[] = ['meta', 'cel', 'kinds', 'domain', 'scheduler/framework', 'scheduler/plugins', 'proxy/model']

/** Inside the API server the generic machinery must not know a kind by name. */
export const kindless: readonly string[] = ['apiserver/registry', 'apiserver/cache', 'apiserver/request', 'apiserver/serve']

export type Ban = { readonly pattern: RegExp; readonly why: string; readonly allowedIn: readonly RegExp[] }

const edges = [/^src\/base\/env\//, /(^|\/)main\.ts$/, /\.(test|bench)\.ts$/, /^(bin|test|tools|bench)\//, /^src\/testing\//]

export const bans: readonly Ban[] = [
  {
    pattern: /\bDate\.now\(|\bnew Date\(\)/,
    why: 'time comes in through Clock (src/base/env/clock.ts), so that a cluster can run on a virtual clock',
    allowedIn: edges,
  },
  {
    pattern: /\bMath\.random\(|\bcrypto\.randomUUID\(/,
    why: 'chance comes in through Random (src/base/env/random.ts), so that a run can be repeated',
    allowedIn: edges,
  },
  {
    pattern: /\bset(Timeout|Interval)\(/,
    why: 'timers come from Clock.setTimer, so that nothing waits in real time under a virtual clock',
    allowedIn: edges,
  },
  { pattern: /\bprocess\.env\b/, why: 'the environment is read in main.ts and bin/ and handed down', allowedIn: edges },
  {
    pattern: /\bprocess\.exit\(/,
    why: 'only bin/ ends the process; everything else returns or throws',
    allowedIn: [/^(bin|tools|test|bench)\//],
  },
  { pattern: /@ts-(ignore|expect-error|nocheck)/, why: 'mend the type instead of silencing it', allowedIn: [] },
  { pattern: /\b(TODO|FIXME|XXX)\b/, why: 'an open end is an issue, not a comment', allowedIn: [/^tools\/tidy\//] },
]

/** Folder and file names that tell nothing. */
export const drawerNames = /(^|\/)(utils?|helpers?|common|misc|manager|shared)(\/|\.ts$)/
