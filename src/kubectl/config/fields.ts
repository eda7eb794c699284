/** The fields of a kubeconfig's entries: in upstream's order, with what of them is secret, a path or bytes. */
import type { EntryList } from './store.ts'

type FieldType = 'text' | 'switch' | 'path' | 'bytes' | 'other'

export const entryFields: Readonly<Record<EntryList, Readonly<Record<string, FieldType>>>> = {
  clusters: {
    server: 'text',
    'tls-server-name': 'text',
    'insecure-skip-tls-verify': 'switch',
    'certificate-authority': 'path',
    'certificate-authority-data': 'bytes',
    'proxy-url': 'text',
    'disable-compression': 'switch',
    extensions: 'other',
  },
  users: {
    'client-certificate': 'path',
    'client-certificate-data': 'bytes',
    'client-key': 'path',
    'client-key-data': 'bytes',
    token: 'text',
    tokenFile: 'path',
    as: 'text',
    'as-uid': 'text',
    'as-groups': 'other',
    'as-user-extra': 'other',
    username: 'text',
    password: 'text',
    'auth-provider': 'other',
    exec: 'other',
    extensions: 'other',
  },
  contexts: { cluster: 'text', user: 'text', namespace: 'text', extensions: 'other' },
}

/** What `config view` shows of fields that are secret or long. */
export const hiddenValues: Readonly<Record<string, string>> = {
  'certificate-authority-data': 'DATA+OMITTED',
  'client-certificate-data': 'DATA+OMITTED',
  'client-key-data': 'DATA+OMITTED',
  password: 'REDACTED',
  token: 'REDACTED',
}
