/** A watch whose frames take another form on the way. */
import type { SharedFrame, WatchBody } from '../exchange.ts'

export type ConvertFrames = (frames: readonly SharedFrame[]) => readonly SharedFrame[]

export function convertedWatch(watch: WatchBody, convert: ConvertFrames): WatchBody {
  return {
    run: (reader, signal) => watch.run({ send: (frames) => reader.send(convert(frames)), drained: () => reader.drained() }, signal),
  }
}

/** Watches of the same objects are given the same frames: each is converted once for all of them, and so is the array. */
export function sharedConversion(convert: (frame: SharedFrame) => SharedFrame): ConvertFrames {
  const frames = new WeakMap<SharedFrame, SharedFrame>()
  const batches = new WeakMap<readonly SharedFrame[], readonly SharedFrame[]>()

  function converted(frame: SharedFrame): SharedFrame {
    let made = frames.get(frame)
    if (made === undefined) frames.set(frame, (made = convert(frame)))
    return made
  }

  return (batch) => {
    let made = batches.get(batch)
    if (made === undefined) batches.set(batch, (made = batch.map(converted)))
    return made
  }
}
