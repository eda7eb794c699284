/** The parameters of requests, as documents list them. */

export type Parameter = {
  readonly name: string
  readonly in: 'query' | 'path'
  readonly type: 'string' | 'boolean' | 'integer'
  readonly description?: string
}

export const pretty: Parameter = query('pretty')

export const writeParameters: readonly Parameter[] = [query('dryRun'), query('fieldManager'), query('fieldValidation')]

export const patchParameters: readonly Parameter[] = [...writeParameters, query('force', 'boolean')]

export const deleteParameters: readonly Parameter[] = [
  query('dryRun'),
  query('gracePeriodSeconds', 'integer'),
  query('ignoreStoreReadErrorWithClusterBreakingPotential', 'boolean'),
  query('orphanDependents', 'boolean'),
  query('propagationPolicy'),
]

export const listParameters: readonly Parameter[] = [
  query('allowWatchBookmarks', 'boolean'),
  query('continue'),
  query('fieldSelector'),
  query('labelSelector'),
  query('limit', 'integer'),
  query('resourceVersion'),
  query('resourceVersionMatch'),
  query('sendInitialEvents', 'boolean'),
  query('shardSelector'),
  query('timeoutSeconds', 'integer'),
  query('watch', 'boolean'),
]

export const logParameters: readonly Parameter[] = [
  query('container'),
  query('follow', 'boolean'),
  query('insecureSkipTLSVerifyBackend', 'boolean'),
  query('limitBytes', 'integer'),
  query('previous', 'boolean'),
  query('sinceSeconds', 'integer'),
  query('stream'),
  query('tailLines', 'integer'),
  query('timestamps', 'boolean'),
]

const streams = [query('stderr', 'boolean'), query('stdin', 'boolean'), query('stdout', 'boolean'), query('tty', 'boolean')]

const optionsOfKinds: Readonly<Record<string, readonly Parameter[]>> = {
  PodAttachOptions: [query('container'), ...streams],
  PodExecOptions: [query('command'), query('container'), ...streams],
  PodPortForwardOptions: [query('ports', 'integer')],
}

/** By the kind of the options; those of proxies are all the same. */
export function connectParameters(optionsKind: string): readonly Parameter[] {
  return optionsOfKinds[optionsKind] ?? [query('path')]
}

/** `subject` is the kind whose name is meant. */
export function nameParameter(subject: string): Parameter {
  return { name: 'name', in: 'path', type: 'string', description: `name of the ${subject}` }
}

export const namespaceParameter: Parameter = { name: 'namespace', in: 'path', type: 'string' }

export const pathParameter: Parameter = { name: 'path', in: 'path', type: 'string' }

function query(name: string, type: Parameter['type'] = 'string'): Parameter {
  return { name, in: 'query', type }
}
