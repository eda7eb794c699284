/** Base64 of the API's byte fields, by what every JavaScript host has. */

export function bytesToBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}

export function base64ToBytes(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

/** How many bytes a value stands for; null is a value without bytes. */
export function decodedLengthOf(base64: string | null): number {
  return Math.floor(((base64 ?? '').replace(/=+$/, '').length * 3) / 4)
}
