/**
 * Looks after one HTTP/2 connection: ends it when it has carried nothing for a while, and when its client has gone without a word, so
 * that watches of clients that lost their network do not stay for ever.
 */
import type { ServerHttp2Session } from 'node:http2'
import type { Clock } from '#base/env/clock'

export type SessionLimits = { readonly idleMs: number; readonly pingMs: number }

/** Every `pingMs` a ping: it has to be answered before the next one is due. Without open streams for `idleMs`, the session is closed. */
export function watchOverSession(session: ServerHttp2Session, clock: Clock, { idleMs, pingMs }: SessionLimits): void {
  let openCount = 0
  let idleSinceMs = clock.monotonicMs()
  let isAnswered = true
  session.on('stream', (stream) => {
    openCount++
    stream.once('close', () => {
      openCount--
      idleSinceMs = clock.monotonicMs()
    })
  })
  let timer = clock.setTimer(pingMs, look)
  session.once('close', () => timer[Symbol.dispose]())

  function look(): void {
    if (session.destroyed) return
    if (!isAnswered) return session.destroy()
    if (openCount === 0 && clock.monotonicMs() - idleSinceMs >= idleMs) return session.close()
    isAnswered = false
    session.ping((error) => {
      if (error === null) isAnswered = true
    })
    timer = clock.setTimer(pingMs, look)
  }
}
