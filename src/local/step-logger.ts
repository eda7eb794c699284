/**
 * Steps as lines, where standard output is no terminal. What went wrong in a step is told once, by whoever ran the steps: here only which one
 * it was.
 */
import { ListrLogger } from 'listr2'

/** Subclassing is the way in which the library lets its lines be changed. */
export class StepLogger extends ListrLogger {
  override log(...[level, message, options]: Parameters<ListrLogger['log']>): void {
    super.log(level, message, level === 'FAILED' ? undefined : options)
  }
}
