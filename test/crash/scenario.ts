/** What can be run from a seed: one kind of fault, tried over and over. */

export type Scenario = {
  readonly name: string
  /** One line for the list. */
  readonly summary: string
  /** Why it cannot be run on this machine; false if it can. */
  missing(): string | false
  /** Prepares what all runs share, below the directory given. */
  open(directory: string): Promise<ScenarioRunner>
}

/** A scenario that is ready. Disposing ends whatever it has started. */
export type ScenarioRunner = AsyncDisposable & {
  /** One run in a directory of its own, which is kept if it rejects. Resolves with the figures of the run, to be summed up. */
  run(seed: number, directory: string): Promise<Figures>
}

/** Counts of what happened, such as operations and kills. */
export type Figures = Readonly<Record<string, number>>
