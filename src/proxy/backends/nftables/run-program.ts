/** Runs one of the programs that speak to the kernel for us, with text on its standard input. */
import { spawn } from 'node:child_process'

class ProgramError extends Error {
  override readonly name = 'ProgramError'
}

/** Resolves with what the program wrote; rejects with a ProgramError when it cannot run or ends badly. */
export function runProgram(program: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    let [output, complaint] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
    // A program that ends before it has read everything says why on its standard error.
    child.stdin.on('error', () => {})
    child.on('error', (cause) => reject(new ProgramError(`cannot run ${program}: ${cause.message}`, { cause })))
    child.on('close', (status) => {
      if (status === 0) resolve(output)
      else reject(new ProgramError(`${program} ${args.join(' ')} ended with status ${status}: ${complaint.trim().slice(0, 2000)}`))
    })
    child.stdin.end(input)
  })
}
