import { parseDurationMs } from '#meta/duration'

/** Reads a configuration, or the answer of a service, field by field; what is wrong is an Error that names the field. */
export class ConfigReader {
  readonly #where: string
  readonly #fields: Readonly<Record<string, unknown>>

  private constructor(where: string, fields: Readonly<Record<string, unknown>>) {
    this.#where = where
    this.#fields = fields
  }

  /** `value` is the document; absent counts as an empty one. */
  static of(where: string, value: unknown): ConfigReader {
    if (value === undefined || value === null) return new ConfigReader(where, {})
    if (typeof value !== 'object' || Array.isArray(value)) throw new Error(`${where}: expected an object`)
    return new ConfigReader(where, { ...value })
  }

  has(field: string): boolean {
    return this.#fields[field] !== undefined
  }

  /** The names of all fields. */
  names(): readonly string[] {
    return Object.keys(this.#fields)
  }

  /** As it stands, for another reader. */
  value(field: string): unknown {
    return this.#fields[field]
  }

  object(field: string): ConfigReader {
    return ConfigReader.of(`${this.#where}.${field}`, this.#fields[field])
  }

  list(field: string): readonly ConfigReader[] {
    return this.#array(field).map((entry, index) => ConfigReader.of(`${this.#where}.${field}[${index}]`, entry))
  }

  texts(field: string): readonly string[] {
    return this.#array(field).map((entry) => {
      if (typeof entry !== 'string') throw new Error(`${this.#where}.${field}: expected a list of texts`)
      return entry
    })
  }

  text(field: string, otherwise?: string): string {
    const value = this.#fields[field] ?? otherwise
    if (typeof value !== 'string') throw new Error(`${this.#where}.${field}: expected a text`)
    return value
  }

  number(field: string, otherwise?: number): number {
    const value = this.#fields[field] ?? otherwise
    if (typeof value !== 'number') throw new Error(`${this.#where}.${field}: expected a number`)
    return value
  }

  positive(field: string): number {
    const value = this.number(field)
    if (value <= 0) throw new Error(`${this.#where}.${field}: Invalid value: ${value}: must be positive`)
    return value
  }

  flag(field: string, otherwise = false): boolean {
    const value = this.#fields[field] ?? otherwise
    if (typeof value !== 'boolean') throw new Error(`${this.#where}.${field}: expected true or false`)
    return value
  }

  /** A duration in Go's notation, in milliseconds. */
  duration(field: string, otherwiseMs: number): number {
    if (!this.has(field)) return otherwiseMs
    const durationMs = parseDurationMs(this.text(field))
    if (durationMs === undefined) throw new Error(`${this.#where}.${field}: expected a duration such as 30s`)
    return durationMs
  }

  choice<const T extends string>(field: string, known: readonly T[]): T {
    const value = this.text(field)
    const found = known.find((one) => one === value)
    if (found === undefined)
      throw new Error(`${this.#where}.${field}: Unsupported value: ${JSON.stringify(value)}: supported values: ${known.join(', ')}`)
    return found
  }

  #array(field: string): readonly unknown[] {
    const value = this.#fields[field] ?? []
    if (!Array.isArray(value)) throw new Error(`${this.#where}.${field}: expected a list`)
    return value
  }
}
