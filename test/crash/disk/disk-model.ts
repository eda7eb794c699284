/**
 * A disk that loses power: follows a trace and gives, at any place in it, the files that could be there afterwards.
 *
 * A name is on disk once its directory has been synced after it was given; changes of one directory reach the disk in their order.
 * The contents of files, their sizes and the directories are independent of each other unless synced: file systems promise no more.
 */
import { dirname } from 'node:path'
import type { Random } from '#base/env/random'
import { FileContent, type Survival } from './file-content.ts'
import type { DiskOperation } from './trace.ts'

/** All directories and files below the root, by their path relative to it. The root itself is ''. */
export type DiskImage = { readonly directories: readonly string[]; readonly files: ReadonlyMap<string, Uint8Array> }

/** A change of names: what each name stands for afterwards, nothing where it is gone. */
type NameChange = { readonly place: number; readonly names: ReadonlyMap<string, number | undefined> }
type Directory = { names: Map<string, number>; pending: NameChange[] }

export class DiskModel {
  readonly #root: string
  readonly #contents = new Map<number, FileContent>()
  /** By path: names are looked up in the directory that has the path now. Directories are never renamed or deleted here. */
  readonly #directories = new Map<string, Directory>()
  readonly #pathOfDirectory = new Map<number, string>()
  #place = 0

  /** A disk with nothing or, all of it durable, an image on it; paths of the trace lie below the root. */
  constructor(root: string, image: DiskImage = { directories: [''], files: new Map() }) {
    this.#root = root
    for (const path of image.directories) this.#directories.set(path, { names: new Map(), pending: [] })
    // Numbered downwards until the trace names them: its own numbers count upwards.
    let number = 0
    for (const path of image.directories) if (path !== '') this.#directory(parentOf(path)).names.set(path, --number)
    for (const [path, bytes] of image.files) {
      this.#directory(parentOf(path)).names.set(path, --number)
      this.#content(number).write(0, 0, bytes)
      this.#content(number).sync()
    }
  }

  /** Operations followed so far. */
  get place(): number {
    return this.#place
  }

  apply(operation: DiskOperation): void {
    this.#place++
    switch (operation.type) {
      case 'open':
        return this.#open(operation)
      case 'write':
        return this.#content(operation.file).write(this.#place, operation.offset, operation.bytes)
      case 'truncate':
        return this.#content(operation.file).resize(this.#place, operation.size)
      case 'allocate':
        return this.#content(operation.file).allocate(this.#place, operation.size)
      case 'sync':
        return this.#sync(operation.file)
      case 'sync-failed':
        return this.#contents.get(operation.file)?.failSync()
      case 'rename':
        return this.#rename(this.#relative(operation.from), this.#relative(operation.to))
      case 'unlink':
        return this.#changeNames(new Map([[this.#relative(operation.path), undefined]]))
      case 'make-directory':
        return this.#makeDirectory(this.#relative(operation.path), operation.file)
      case 'mark':
    }
  }

  /** What is left after a cut of power now. */
  survive(survival: Survival, directoryOrder: { readonly random: Random; readonly chance: number }): DiskImage {
    const directories: string[] = []
    const files = new Map<string, Uint8Array>()
    const visit = (path: string): void => {
      directories.push(path)
      for (const [name, file] of this.#namesAfterCut(path, survival.lastPlace, directoryOrder)) {
        if (this.#directories.has(name)) visit(name)
        else files.set(name, this.#content(file).survive(survival))
      }
    }
    visit('')
    return { directories, files }
  }

  /** What a reader of the running machine sees. */
  current(): DiskImage {
    const files = new Map<string, Uint8Array>()
    for (const path of this.#directories.keys()) {
      for (const [name, file] of this.#names(path)) if (!this.#directories.has(name)) files.set(name, this.#content(file).current())
    }
    return { directories: [...this.#directories.keys()], files }
  }

  #open({ path, file, isDirectory, isNew }: DiskOperation & { type: 'open' }): void {
    const relative = this.#relative(path)
    if (isDirectory) this.#pathOfDirectory.set(file, relative)
    else if (isNew) this.#changeNames(new Map([[relative, file]]))
    else this.#adopt(relative, file)
  }

  /** A file of the image gets the number that the trace has for it. */
  #adopt(path: string, file: number): void {
    const { names } = this.#directory(parentOf(path))
    const number = names.get(path)
    if (number === undefined || number >= 0) return
    names.set(path, file)
    this.#contents.set(file, this.#content(number))
  }

  #makeDirectory(path: string, file: number): void {
    this.#directories.set(path, { names: new Map(), pending: [] })
    this.#pathOfDirectory.set(file, path)
    this.#changeNames(new Map([[path, file]]))
  }

  #sync(file: number): void {
    const path = this.#pathOfDirectory.get(file)
    if (path === undefined) return this.#content(file).sync()
    const directory = this.#directory(path)
    directory.names = this.#names(path)
    directory.pending = []
  }

  #rename(from: string, to: string): void {
    const file = this.#names(parentOf(from)).get(from)
    if (file === undefined || this.#directories.has(from)) throw new Error(`this model cannot rename ${from}`)
    if (parentOf(from) !== parentOf(to)) throw new Error(`this model cannot rename ${from} into another directory`)
    this.#changeNames(
      new Map([
        [from, undefined],
        [to, file],
      ]),
    )
  }

  #changeNames(names: ReadonlyMap<string, number | undefined>): void {
    const [first = ''] = names.keys()
    this.#directory(parentOf(first)).pending.push({ place: this.#place, names })
  }

  #names(path: string): Map<string, number> {
    const { names, pending } = this.#directory(path)
    return withChanges(names, pending)
  }

  #namesAfterCut(path: string, lastPlace: number, { random, chance }: { random: Random; chance: number }): Map<string, number> {
    const { names, pending } = this.#directory(path)
    const possible = pending.filter(({ place }) => place <= lastPlace)
    let kept = 0
    while (kept < possible.length && random.float() < chance) kept++
    return withChanges(names, possible.slice(0, kept))
  }

  #directory(path: string): Directory {
    const directory = this.#directories.get(path)
    if (directory === undefined) throw new Error(`the trace names the directory ${path}, but never makes it`)
    return directory
  }

  #content(file: number): FileContent {
    const content = this.#contents.get(file) ?? new FileContent()
    this.#contents.set(file, content)
    return content
  }

  #relative(path: string): string {
    return path === this.#root ? '' : path.slice(this.#root.length + 1)
  }
}

function withChanges(names: ReadonlyMap<string, number>, changes: readonly NameChange[]): Map<string, number> {
  const result = new Map(names)
  for (const change of changes) {
    for (const [name, file] of change.names) {
      if (file === undefined) result.delete(name)
      else result.set(name, file)
    }
  }
  return result
}

function parentOf(path: string): string {
  const parent = dirname(path)
  return parent === '.' ? '' : parent
}
