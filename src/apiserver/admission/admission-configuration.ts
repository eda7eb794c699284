/** The file behind `--admission-control-config-file`: a configuration for each plugin that takes one, in place or in a file of its own. */
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { parseYaml } from '#base/encoding/yaml'
import type { Clock } from '#base/env/clock'
import { readConfigFile } from '#component/config-file'
import { ConfigReader } from '../config-reader.ts'
import { type ReviewClient, reviewClientOfKubeconfig } from '../webhooks/review-client.ts'

export type AdmissionConfiguration = {
  /** By the name of the plugin. */
  readonly plugins: ReadonlyMap<string, unknown>
  /** Whom ImagePolicyWebhook asks, where it is configured. */
  readonly imagePolicy?: ReviewClient | undefined
}

export const noAdmissionConfiguration: AdmissionConfiguration = { plugins: new Map() }

const shape = {
  apiVersions: ['apiserver.config.k8s.io/v1', 'apiserver.k8s.io/v1alpha1'],
  kind: 'AdmissionConfiguration',
  fields: ['plugins'],
}
/** As upstream. */
const imageReviewTimeoutMs = 30_000

export async function readAdmissionConfiguration(path: string, clock: Clock): Promise<AdmissionConfiguration> {
  const document = ConfigReader.of(path, await readConfigFile(path, shape))
  const plugins = new Map<string, unknown>()
  for (const entry of document.list('plugins')) {
    const file = entry.text('path', '')
    plugins.set(entry.text('name'), file === '' ? entry.value('configuration') : parseYaml(await readFile(besides(path, file), 'utf8')))
  }
  const kubeconfig = ConfigReader.of('ImagePolicyWebhook', plugins.get('ImagePolicyWebhook'))
    .object('imagePolicy')
    .text('kubeConfigFile', '')
  if (kubeconfig === '') return { plugins }
  return { plugins, imagePolicy: await reviewClientOfKubeconfig(besides(path, kubeconfig), clock, imageReviewTimeoutMs) }
}

/** Relative paths begin at the file that names them. */
function besides(path: string, other: string): string {
  return resolve(dirname(path), other)
}
