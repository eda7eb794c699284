/** Transport protocols that ports can have, in the order in which errors list them. */
export const protocols: readonly string[] = ['SCTP', 'TCP', 'UDP']
