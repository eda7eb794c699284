/** `kubectl create ingress`. */
import { repeatedFlag, stringFlag } from '#component/flags'
import { creationCommand } from '../../create/creation.ts'
import { ingressSpec } from '../../create/ingress-rules.ts'
import { CommandError } from '../../errors.ts'
import { madeResources } from '../../resources/made-resources.ts'

export const createIngress = creationCommand({
  name: 'ingress',
  aliases: ['ing'],
  summary: 'Create an ingress with the specified name',
  examples: [
    ['Calls of a host go to a service', 'kubectl create ingress web --rule="web.example/*=web:80"'],
    ['Over TLS, with the certificate of a secret', 'kubectl create ingress web --rule="web.example/=web:80,tls=web-cert"'],
    ['Whatever no rule names', 'kubectl create ingress web --default-backend=web:http'],
  ],
  usage: 'NAME --rule=host/path=service:port[,tls[=secret]]',
  flags: {
    annotation: repeatedFlag([], 'An annotation, as KEY=VALUE.'),
    class: stringFlag('', 'The ingress class.'),
    'default-backend': stringFlag('', 'The service for calls that no rule names, as SERVICE:PORT.'),
    rule: repeatedFlag([], 'A rule, as HOST/PATH=SERVICE:PORT[,tls[=SECRET]]; a path that ends in * is a prefix.'),
  },
  resource: madeResources.ingress,
  failure: 'failed to create ingress: ',
  draft({ flags }, name) {
    const { rule: rules, 'default-backend': backend } = flags
    if (rules.length === 0 && backend === '')
      throw new CommandError(
        'not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)',
      )
    const annotations = Object.fromEntries(flags.annotation.map(annotationOf))
    return {
      metadata: { name, ...(flags.annotation.length === 0 ? {} : { annotations }) },
      spec: { ...(flags.class === '' ? {} : { ingressClassName: flags.class }), ...ingressSpec(rules, backend) },
      status: { loadBalancer: {} },
    }
  },
})

function annotationOf(text: string): readonly [key: string, value: string] {
  const equals = text.indexOf('=')
  if (equals < 0) throw new CommandError(`annotation ${text} is invalid and should be in format key=[value]`)
  return [text.slice(0, equals), text.slice(equals + 1)]
}
