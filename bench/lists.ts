/** Lists of 20,000 objects, 37 MB: all at once, and by pages of 500. */
import type { Row } from './main.ts'
import { configMap, cpuOf, type MeasuredServer, onMeasuredServer } from './measured-server.ts'
import { forgetPeakMemory, peakMegabytesOf, residentMegabytesOf } from './process-usage.ts'
import { type Read, readerOf } from './read.ts'

const objectCount = 20_000
const dataBytes = 1600
const pageSize = 500
const roundCount = 5

export function measureLists(argv: readonly string[]): AsyncGenerator<Row> {
  return onMeasuredServer(argv, rowsOf)
}

async function* rowsOf({ load, endpoint, pids, namespacePath }: MeasuredServer): AsyncGenerator<Row> {
  const configMaps = `${namespacePath}/configmaps`
  let created = 0
  const create = () => load.send('POST', configMaps, configMap(`listed-${created++}`, dataBytes))
  await load.run({ count: objectCount, inFlight: 64, send: create })
  const get = await readerOf(endpoint)

  const before = pids.map(residentMegabytesOf)
  pids.forEach(forgetPeakMemory)
  const whole = await best(pids, async () => (await get(configMaps)).bytes)
  const grown = pids.map((pid, index) => peakMegabytesOf(pid) - (before[index] ?? 0)).reduce((sum, value) => sum + value, 0)
  yield [`list of ${objectCount} ConfigMaps, ${(whole.result / 1e6).toFixed(0)} MB`, timesOf(whole, pids)]
  if (pids.length > 0) yield ['memory above that before the lists, at most', `${grown.toFixed(0)} MB`]

  const paged = await best(pids, () => readPages(configMaps, get))
  const pages = objectCount / pageSize
  yield [`page of ${pageSize}`, timesOf({ ...paged, seconds: paged.seconds / pages, cpuSeconds: paged.cpuSeconds / pages }, pids)]
}

type Timed<T> = { readonly result: T; readonly seconds: number; readonly cpuSeconds: number }

async function best<T>(pids: readonly number[], work: () => Promise<T>): Promise<Timed<T>> {
  let fastest: Timed<T> | undefined
  for (let round = 0; round < roundCount; round++) {
    const [startedMs, cpuBefore] = [performance.now(), cpuOf(pids)]
    const result = await work()
    const timed = { result, seconds: (performance.now() - startedMs) / 1000, cpuSeconds: cpuOf(pids) - cpuBefore }
    if (fastest === undefined || timed.seconds < fastest.seconds) fastest = timed
  }
  if (fastest === undefined) throw new Error('nothing was measured')
  return fastest
}

function timesOf({ seconds, cpuSeconds }: Timed<unknown>, pids: readonly number[]): string {
  return `${(seconds * 1000).toFixed(1)} ms${pids.length === 0 ? '' : `, ${(cpuSeconds * 1000).toFixed(1)} ms CPU`}`
}

async function readPages(path: string, get: (path: string) => Promise<Read>): Promise<number> {
  let bytes = 0
  for (let continueToken: string | undefined = ''; continueToken !== undefined; ) {
    const page = await get(`${path}?limit=${pageSize}${continueToken === '' ? '' : `&continue=${continueToken}`}`)
    bytes += page.bytes
    continueToken = /"continue":"([^"]+)"/.exec(page.head)?.[1]
  }
  return bytes
}
