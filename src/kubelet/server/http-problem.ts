/** A request that cannot be served, as the caller will read it: plain text, as upstream's kubelet answers. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}
