import type { Container, EphemeralContainer } from '../types.gen.ts'

/** What containers of every sort have: ephemeral ones differ by one field more. */
export type ContainerFields = Container | EphemeralContainer
