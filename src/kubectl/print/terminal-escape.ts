/** What objects hold must not steer the terminal that shows them. */
export function terminalEscaped(text: string): string {
  return text.replaceAll('\u001b', '^[').replaceAll('\r', '\\r')
}
