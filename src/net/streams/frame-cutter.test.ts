import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FrameCutter } from './frame-cutter.ts'

function frame(length: number, isMasked: boolean): Uint8Array {
  const mask = isMasked ? 0x80 : 0
  const head =
    length < 126
      ? [0x82, mask | length]
      : length < 65_536
        ? [0x82, mask | 126, length >> 8, length & 0xff]
        : [0x82, mask | 127, 0, 0, 0, 0, 0, length >> 16, (length >> 8) & 0xff, length & 0xff]
  return Uint8Array.of(...head, ...(isMasked ? [1, 2, 3, 4] : []), ...new Uint8Array(length))
}

test('however the bytes come, no piece has parts of two frames, and none is lost', () => {
  const sizes = fc.array(fc.tuple(fc.oneof(fc.nat(200), fc.constantFrom(125, 126, 65_535, 65_536)), fc.boolean()), {
    minLength: 1,
    maxLength: 5,
  })
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 5000 }), (frames, chunkSize) => {
      const all = frames.map(([length, isMasked]) => frame(length, isMasked))
      const bytes = Buffer.concat(all)
      const ends = new Set<number>()
      let end = 0
      for (const { length } of all) ends.add((end += length))
      const cutter = new FrameCutter()
      let at = 0
      for (let start = 0; start < bytes.length; start += chunkSize) {
        for (const piece of cutter.cut(bytes.subarray(start, start + chunkSize))) {
          for (let inside = at + 1; inside < at + piece.length; inside++) assert.ok(!ends.has(inside))
          assert.deepEqual(Buffer.from(piece), bytes.subarray(at, at + piece.length))
          at += piece.length
        }
      }
      assert.equal(at, bytes.length)
    }),
    { numRuns: 50 },
  )
})
