/** The flags that every command takes: which cluster, as whom, in which namespace. */
import { boolFlag, type FlagValues, repeatedFlag, stringFlag } from '#component/flags'

export const globalFlags = {
  as: stringFlag('', 'Username to impersonate for the operation; a regular user or a service account in a namespace.'),
  'as-group': repeatedFlag([], 'Group to impersonate for the operation; can be given several times.'),
  'as-uid': stringFlag('', 'UID to impersonate for the operation.'),
  'as-user-extra': repeatedFlag([], 'User extras to impersonate for the operation; can be given several times.'),
  'cache-dir': stringFlag('', 'Directory of the discovery cache; $HOME/.kube/cache unless given.'),
  'certificate-authority': stringFlag('', 'Path to a cert file for the certificate authority'),
  'client-certificate': stringFlag('', 'Path to a client certificate file for TLS'),
  'client-key': stringFlag('', 'Path to a client key file for TLS'),
  cluster: stringFlag('', 'The name of the kubeconfig cluster to use'),
  context: stringFlag('', 'The name of the kubeconfig context to use'),
  'disable-compression': boolFlag(false, 'Ask for answers without compression.'),
  'insecure-skip-tls-verify': boolFlag(false, "Do not check the server's certificate. Your HTTPS connections are insecure then."),
  kubeconfig: stringFlag('', 'Path to the kubeconfig file to use.'),
  kuberc: stringFlag('', 'Path to a file with preferences.'),
  'log-flush-frequency': stringFlag('5s', 'Longest time between two flushes of the log'),
  'match-server-version': boolFlag(false, "Require the server's version to be the client's"),
  namespace: stringFlag('', 'The namespace of the request', { shorthand: 'n' }),
  password: stringFlag('', 'Password for basic authentication'),
  profile: stringFlag('none', 'Name of profile to capture'),
  'profile-output': stringFlag('profile.pprof', 'File to write the profile to'),
  'request-timeout': stringFlag('0', 'How long to wait for one answer, such as 1s or 2m; zero means for ever.'),
  server: stringFlag('', 'Address and port of the API server', { shorthand: 's' }),
  'tls-server-name': stringFlag('', "Name to check the server's certificate against."),
  token: stringFlag('', 'Bearer token for authentication'),
  user: stringFlag('', 'The name of the kubeconfig user to use'),
  username: stringFlag('', 'Username for basic authentication'),
  v: stringFlag('0', 'How much to log', { shorthand: 'v' }),
  vmodule: stringFlag('', 'How much to log for single files'),
  'warnings-as-errors': boolFlag(false, 'Treat warnings of the server as errors'),
}

export type GlobalValues = FlagValues<typeof globalFlags>
