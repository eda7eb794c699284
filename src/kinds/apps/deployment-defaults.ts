/** Defaults of deployments, as upstream's SetDefaults_Deployment. */
import { defaultPodTemplate } from '../core/pod/pod-defaults.ts'
import type { Deployment, DeploymentStrategy } from './types.gen.ts'

export function defaultDeployment(deployment: Deployment): Deployment {
  const { spec } = deployment
  return {
    ...deployment,
    spec: {
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...spec,
      template: defaultPodTemplate(spec.template ?? {}),
      strategy: defaultStrategy(spec.strategy ?? {}),
    },
  }
}

function defaultStrategy(given: DeploymentStrategy): DeploymentStrategy {
  const strategy = { ...given, type: given.type || 'RollingUpdate' }
  if (strategy.type !== 'RollingUpdate') return strategy
  return { ...strategy, rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%', ...strategy.rollingUpdate } }
}
