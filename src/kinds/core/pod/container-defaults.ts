/** Defaults of a container, as upstream's SetDefaults_Container and of what it holds. */
import type { Container, EnvVar, HTTPGetAction, Lifecycle, LifecycleHandler, Probe } from '../types.gen.ts'
import { defaultFieldSelector } from './field-selector-defaults.ts'
import { imagePullPolicyOf } from './image-reference.ts'
import { roundedRequirements } from './resource-list.ts'

/** Ephemeral containers have the same fields and the same defaults. */
type ContainerFields = Omit<Container, 'name'>

export function defaultContainer<C extends ContainerFields>(container: C): C {
  const { env, resources, lifecycle, livenessProbe, readinessProbe, startupProbe } = container
  return {
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: imagePullPolicyOf(container.image ?? ''),
    ...container,
    resources: roundedRequirements(resources ?? {}),
    ...(env === undefined ? {} : { env: env.map(defaultEnvVar) }),
    ...(lifecycle === undefined ? {} : { lifecycle: defaultLifecycle(lifecycle) }),
    ...(livenessProbe === undefined ? {} : { livenessProbe: defaultProbe(livenessProbe) }),
    ...(readinessProbe === undefined ? {} : { readinessProbe: defaultProbe(readinessProbe) }),
    ...(startupProbe === undefined ? {} : { startupProbe: defaultProbe(startupProbe) }),
  }
}

/** A pod on the node's network takes the ports that its containers listen on. */
export function withHostPorts<C extends ContainerFields>(container: C): C {
  if (container.ports === undefined) return container
  return { ...container, ports: container.ports.map((port) => (port.hostPort ? port : { ...port, hostPort: port.containerPort })) }
}

function defaultProbe(probe: Probe): Probe {
  const { httpGet, grpc } = probe
  return {
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
    ...probe,
    ...(httpGet === undefined ? {} : { httpGet: defaultHttpGet(httpGet) }),
    ...(grpc === undefined ? {} : { grpc: { service: '', ...grpc } }),
  }
}

function defaultLifecycle(lifecycle: Lifecycle): Lifecycle {
  const { preStop, postStart } = lifecycle
  return {
    ...lifecycle,
    ...(preStop === undefined ? {} : { preStop: defaultHandler(preStop) }),
    ...(postStart === undefined ? {} : { postStart: defaultHandler(postStart) }),
  }
}

function defaultHandler(handler: LifecycleHandler): LifecycleHandler {
  return handler.httpGet === undefined ? handler : { ...handler, httpGet: defaultHttpGet(handler.httpGet) }
}

function defaultHttpGet(action: HTTPGetAction): HTTPGetAction {
  return { path: '/', scheme: 'HTTP', ...action }
}

function defaultEnvVar(variable: EnvVar): EnvVar {
  const { valueFrom } = variable
  if (valueFrom === undefined) return variable
  const { fileKeyRef } = valueFrom
  const files = fileKeyRef === undefined ? {} : { fileKeyRef: { optional: false, ...fileKeyRef } }
  return { ...variable, valueFrom: { ...defaultFieldSelector(valueFrom), ...files } }
}
