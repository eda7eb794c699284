/** How one attempt of a probe ended. */
export type ProbeOutcome =
  | { readonly result: 'success' }
  /** Counts as success, and is told to the user. */
  | { readonly result: 'warning'; readonly message: string }
  | { readonly result: 'failure'; readonly message: string }
  /** It could not be tried at all: says nothing about the container. */
  | { readonly result: 'error'; readonly message: string }

/** What a probe is tried on. */
export type ProbeTarget = { readonly containerId: string; readonly host: string }
