/** Why a container or a pod's sandbox cannot start now: becomes `state.waiting` and an event, and is tried again. */
export type StartErrorReason =
  | 'CreateContainerConfigError'
  | 'CreateContainerError'
  | 'RunContainerError'
  | 'ErrImagePull'
  | 'ImagePullBackOff'
  | 'ErrImageNeverPull'
  | 'InvalidImageName'
  | 'PostStartHookError'
  | 'FailedMount'
  | 'FailedCreatePodSandBox'

export class StartError extends Error {
  override readonly name = 'StartError'
  readonly reason: StartErrorReason

  constructor(reason: StartErrorReason, message: string, cause?: unknown) {
    super(message, { cause })
    this.reason = reason
  }
}
