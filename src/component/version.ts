/** The version of Kubernetes that every component says it is. */
export const upstreamVersion = 'v1.36.2'
