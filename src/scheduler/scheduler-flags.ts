/** The flags of kube-scheduler, as upstream names them; a configuration file stands above those that it can say. */
import { readFile } from 'node:fs/promises'
import { readConfigFile } from '#component/config-file'
import { boolFlag, durationFlag, type FlagValues, intFlag, mapFlag, stringFlag } from '#component/flags'
import { type SchedulerConfiguration, schedulerConfiguration, schedulerConfigurationShape } from './scheduler-configuration.ts'

export const schedulerFlags = {
  config: stringFlag('', 'The path to the configuration file (KubeSchedulerConfiguration).'),
  kubeconfig: stringFlag('', 'Path to the kubeconfig file with authorization and API server location.'),
  master: stringFlag('', 'The address of the API server; overrides the one in the kubeconfig.'),
  'bind-address': stringFlag('0.0.0.0', 'The address on which health and metrics are served.'),
  'secure-port': intFlag(10_259, 'The port of health and metrics; 0 turns them off.'),
  'tls-cert-file': stringFlag('', 'The certificate for serving; made up when there is none.'),
  'tls-private-key-file': stringFlag('', 'The private key that belongs to --tls-cert-file.'),
  'leader-elect': boolFlag(true, 'Of several schedulers only the holder of a lease works.'),
  'leader-elect-lease-duration': durationFlag(15_000, 'How long others wait for a leader that has fallen silent.'),
  'leader-elect-renew-deadline': durationFlag(10_000, 'How long the leader tries to renew before it gives up.'),
  'leader-elect-retry-period': durationFlag(2_000, 'The pause between tries to become or stay leader.'),
  'leader-elect-resource-name': stringFlag('kube-scheduler', 'The name of the lease.'),
  'leader-elect-resource-namespace': stringFlag('kube-system', 'The namespace of the lease.'),
  'pod-max-in-unschedulable-pods-duration': durationFlag(300_000, 'After this long a pod that fitted nowhere is tried again.'),
  'feature-gates': mapFlag({}, 'Features to turn on or off.'),
}

export type SchedulerFlags = FlagValues<typeof schedulerFlags>

/** The file where there is one, the flags otherwise. */
export async function configurationOf(flags: SchedulerFlags): Promise<SchedulerConfiguration> {
  if (flags.config !== '') return schedulerConfiguration(await readConfigFile(flags.config, schedulerConfigurationShape))
  return {
    ...schedulerConfiguration({}),
    kubeconfig: flags.kubeconfig,
    election: {
      isOn: flags['leader-elect'],
      namespace: flags['leader-elect-resource-namespace'],
      name: flags['leader-elect-resource-name'],
      leaseDurationMs: flags['leader-elect-lease-duration'],
      renewDeadlineMs: flags['leader-elect-renew-deadline'],
      retryPeriodMs: flags['leader-elect-retry-period'],
    },
  }
}

export async function givenCredential(
  flags: SchedulerFlags,
): Promise<{ readonly certificatePem: string; readonly privateKeyPem: string } | undefined> {
  const { 'tls-cert-file': certificate, 'tls-private-key-file': privateKey } = flags
  if (certificate === '' || privateKey === '') return undefined
  return { certificatePem: await readFile(certificate, 'utf8'), privateKeyPem: await readFile(privateKey, 'utf8') }
}
