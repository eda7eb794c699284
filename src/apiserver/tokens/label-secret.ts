/** Writes labels to a secret of a service account. A failure is logged: the next use of its token tries again. */
import type { Log } from '#base/env/log'
import type { Client } from '#client/client'
import { Secret } from '#kinds/core/secret.kind'
import { refOf } from '#meta/object'

export async function labelledSecret(client: Client, log: Log, secret: Secret, labels: Readonly<Record<string, string>>): Promise<void> {
  const { name, namespace, uid } = secret.metadata
  try {
    // The uid makes sure that it is this secret, and not another of its name.
    await client.patch(Secret, refOf(secret), { type: 'merge', body: { metadata: { uid, labels } } })
  } catch (error) {
    log.warn('the use of a token could not be noted', { secret: `${namespace}/${name}`, error })
  }
}
