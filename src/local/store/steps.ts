/** One long piece of work with its progress, shown as `up` shows its steps. */
import { Listr } from 'listr2'
import { StepLogger } from '../step-logger.ts'

/** Shows how far the work has come, behind its title. */
export type Tell = (progress: string) => void

/** Resolves with what the work does. */
export async function showingProgress<T>(title: string, work: (tell: Tell) => Promise<T>): Promise<T> {
  const outcome: { value?: T } = {}
  const steps = new Listr(
    [
      {
        title,
        task: async (_, task) => {
          outcome.value = await work((progress) => {
            task.title = `${title}: ${progress}`
          })
        },
      },
    ],
    {
      registerSignalListeners: false,
      rendererOptions: { showErrorMessage: false },
      fallbackRenderer: 'simple',
      fallbackRendererOptions: { logger: new StepLogger() },
    },
  )
  await steps.run()
  return outcome.value as T
}

/** `12,000 of 50,000 objects`. */
export function countOf(done: number, all: number): string {
  return `${done.toLocaleString('en')} of ${all.toLocaleString('en')} objects`
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
