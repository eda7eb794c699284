/** Points in time as the API writes them. */

/** Whole seconds in UTC: `2026-01-01T00:00:00Z`. */
export function timestampOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}
