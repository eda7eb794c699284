/** Names of containers made of the names of their images. */

/** `example.com/shop/web:1` is `web`; several containers of one image are told apart by a suffix. */
export function containerNames(images: readonly string[], uniqueSuffix: () => string): readonly string[] {
  const taken = new Set<string>()
  return images.map((image) => {
    const name = images.length > 1 ? sanitized(baseName(image)) : baseName(image)
    const unique = taken.has(name) ? `${name}-${uniqueSuffix()}` : name
    taken.add(unique)
    return unique
  })
}

function baseName(image: string): string {
  const last = image.slice(image.lastIndexOf('/') + 1)
  return last.replace(/[:@].*$/s, '')
}

function sanitized(name: string): string {
  return name.replaceAll('_', '-').replaceAll('.', '-').toLowerCase()
}
