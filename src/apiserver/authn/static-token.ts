/** Tokens from a file (`--token-auth-file`): lines of `token,user,uid,"group1,group2"`. */
import { hash } from 'node:crypto'
import type { UserInfo } from '../exchange.ts'
import { pass, type TokenAuthenticator } from './token-authenticator.ts'

/** Tokens are looked up by their hash, so that the time of an answer tells nothing about them. */
export function staticTokenAuthenticator(csv: string): TokenAuthenticator {
  const users = new Map(parseTokenFile(csv).map(({ token, user }) => [digestOf(token), user]))
  return {
    name: 'static-token',
    check(token, audiences) {
      const user = users.get(digestOf(token))
      // As upstream: these tokens name no audience and hold for all.
      return user === undefined ? pass : { kind: 'accepted', user, audiences }
    },
  }
}

export type StaticToken = { readonly token: string; readonly user: UserInfo }

/** Throws an Error that names the line when it has fewer than three columns or no token. */
export function parseTokenFile(csv: string): readonly StaticToken[] {
  return csv.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === '' || line.startsWith('#')) return []
    return [staticTokenOf(csvColumns(line), index + 1)]
  })
}

function staticTokenOf(columns: readonly string[], lineNumber: number): StaticToken {
  const [token = '', name, uid, groups = ''] = columns
  if (name === undefined || uid === undefined) {
    throw new Error(`token file, line ${lineNumber}: expected at least 3 columns (token, user name, user uid), found ${columns.length}`)
  }
  if (token === '') throw new Error(`token file, line ${lineNumber}: the token is empty`)
  return { token, user: { name, uid, groups: groups.split(',').flatMap((group) => (group.trim() === '' ? [] : [group.trim()])) } }
}

/** The columns of one line; a quoted column may hold commas, and doubled quotes. */
function csvColumns(line: string): readonly string[] {
  // Every column then begins behind a comma, an empty first one too.
  return [...`,${line}`.matchAll(/,\s*(?:"((?:[^"]|"")*)"\s*|([^,]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '').trim() : quoted.replaceAll('""', '"'),
  )
}

function digestOf(token: string): string {
  return hash('sha256', token, 'base64')
}
