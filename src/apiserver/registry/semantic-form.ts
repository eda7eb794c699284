/** Objects to compare by what they mean: what is absent, undefined or an empty list is all the same. */

export function semanticForm(value: unknown): unknown {
  const text = JSON.stringify(value)
  return text.includes(':[]') ? JSON.parse(text, withoutEmptyLists) : JSON.parse(text)
}

function withoutEmptyLists(_key: string, value: unknown): unknown {
  return Array.isArray(value) && value.length === 0 ? undefined : value
}
