/** How objects are written to the kinds of stores, and what a stored value means. */
import { StaticKindTable } from '#apiserver/registry/kind-table'
import { builtinFormat } from '#apiserver/storage/builtin-format'
import { builtinKinds } from '#kinds/builtin-kinds'
import { decodeObject } from '#meta/wire'
import { type Dump, translatedDump } from '#store/snapshot/dump'

const mediaTypes = { sqlite: 'application/json', etcd: 'application/vnd.kubernetes.protobuf' } as const

/** The dump with every object as the store of that kind holds it. */
export function dumpFor(kind: 'sqlite' | 'etcd', dump: Dump): Dump {
  const format = builtinFormat(new StaticKindTable(builtinKinds), mediaTypes[kind])
  return translatedDump(dump, (_, value) => format.translate(value))
}

/** Throws an error that says what is wrong with a stored value. */
export function valueDecoder(): (value: Uint8Array) => unknown {
  const format = builtinFormat(new StaticKindTable(builtinKinds), 'application/json')
  return (value) => decodeObject(format.toJson(value))
}
