/** The file behind a daemon's `--config`: one document of a known kind; fields that nobody knows are refused. */
import { readFile } from 'node:fs/promises'
import { parseYaml, YamlError } from '#base/encoding/yaml'

export class ConfigFileError extends Error {
  override readonly name = 'ConfigFileError'
}

/** What a daemon expects: `kubelet.config.k8s.io/v1beta1`, `KubeletConfiguration`, and the fields at the top. */
export type ConfigShape = { readonly apiVersions: readonly string[]; readonly kind: string; readonly fields: readonly string[] }

export type ConfigDocument = Readonly<Record<string, unknown>>

export async function readConfigFile(path: string, shape: ConfigShape): Promise<ConfigDocument> {
  return decodeConfig(await textOf(path), path, shape)
}

/** Pure part of `readConfigFile`; `path` is for messages. */
export function decodeConfig(text: string, path: string, shape: ConfigShape): ConfigDocument {
  const fail = (why: string, cause?: unknown) => new ConfigFileError(`failed to load config file ${path}: ${why}`, { cause })
  const document = parsed(text, fail)
  if (typeof document !== 'object' || document === null || Array.isArray(document)) throw fail('it holds no object')
  const config = document as ConfigDocument
  const { apiVersion = '', kind = '' } = config
  if (kind !== shape.kind) throw fail(`no kind ${JSON.stringify(kind)} is registered here: expected ${JSON.stringify(shape.kind)}`)
  if (!shape.apiVersions.includes(String(apiVersion)))
    throw fail(`no version ${JSON.stringify(apiVersion)} of kind ${kind} is known: expected ${shape.apiVersions.join(' or ')}`)
  const unknown = Object.keys(config).filter((field) => field !== 'apiVersion' && field !== 'kind' && !shape.fields.includes(field))
  if (unknown.length > 0)
    throw fail(`strict decoding error: ${unknown.map((field) => `unknown field ${JSON.stringify(field)}`).join(', ')}`)
  return config
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new ConfigFileError(`failed to read config file ${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

function parsed(text: string, fail: (why: string, cause: unknown) => Error): unknown {
  try {
    return parseYaml(text)
  } catch (error) {
    throw error instanceof YamlError ? fail(`yaml: ${error.message}`, error) : error
  }
}
