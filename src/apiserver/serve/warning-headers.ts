/** `Warning` headers: each text once, and no more than a client should have to read. */

/** Characters of all warnings together, from which on each is cut. */
const totalLengthMax = 4096
const cutLength = 256

/** As upstream: what is too much all in all has each text cut, and the rest of them dropped. */
export function warningHeaders(warnings: readonly string[]): readonly string[] {
  const texts = [...new Set(warnings)]
  const isTooMuch = texts.reduce((length, text) => length + [...text].length, 0) > totalLengthMax
  return (isTooMuch ? cut(texts) : texts).filter(isPrintable).map((text) => bytesOf(`299 - "${text.replaceAll(/["\\]/g, '\\$&')}"`))
}

/** As upstream: what has control characters is left out; a header with them would end the connection. */
function isPrintable(text: string): boolean {
  return !/\p{Cc}/u.test(text)
}

/** Headers are bytes: UTF-8, a character a byte. */
function bytesOf(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : Buffer.from(text).toString('latin1')
}

function cut(texts: readonly string[]): readonly string[] {
  let total = 0
  return texts
    .map((text) => [...text].slice(0, cutLength))
    .filter(({ length }) => {
      const fits = total + length <= totalLengthMax
      if (fits) total += length
      return fits
    })
    .map((characters) => characters.join(''))
}
