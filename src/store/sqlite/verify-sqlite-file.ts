/** Looks at the file of a store that is not open: unlike opening it, this goes on behind the first damage. */
import { join } from 'node:path'
import { databaseError } from './database-error.ts'
import { RowDatabase } from './row-database.ts'
import { databaseFileName } from './sqlite-store.ts'

/** Gives what is wrong, in words. Fails as opening does where it cannot be looked at at all. */
export function verifySqliteFile(directory: string): readonly string[] {
  const file = join(directory, databaseFileName)
  try {
    const database = new RowDatabase(file)
    try {
      const problems = [...database.verifyPages()]
      for (let fromRow: number | undefined = 0; fromRow !== undefined; ) {
        const some = database.verify(fromRow)
        problems.push(...some.problems)
        fromRow = some.nextRow
      }
      return problems
    } finally {
      database.close()
    }
  } catch (error) {
    throw databaseError(error, file)
  }
}
