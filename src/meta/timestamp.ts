/** Points in time as the API writes them. */

/** Whole seconds in UTC: `2026-01-01T00:00:00Z`. */
export function timestampOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}

/** To the microsecond, with six digits: `2026-01-01T00:00:00.000000Z`. */
function microTimestampOf(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z')
}
