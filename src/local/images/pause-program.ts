/**
 * The program of the sandbox container, as an ELF file written here: it holds a pod's namespaces, collects orphaned
 * processes, and ends at SIGTERM or SIGINT. It blocks the three signals and waits for them, so that it needs no handlers, and so
 * that the kernel delivers them although it is process 1.
 */

export type Architecture = 'amd64' | 'arm64'

/** SIGINT, SIGTERM and SIGCHLD as a signal set. */
const signalSet = (1 << 1) | (1 << 14) | (1 << 16)
const loadAddress = 0x400000
const headersLength = 64 + 56

export function pauseProgram(architecture: Architecture): Buffer {
  const code = architecture === 'amd64' ? amd64Code() : arm64Code()
  return Buffer.concat([elfHeader(architecture), programHeader(headersLength + code.length), code])
}

function elfHeader(architecture: Architecture): Buffer {
  const header = Buffer.alloc(64)
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]) // ELF, 64 bits, little endian, version 1
  header.writeUInt16LE(2, 16) // executable
  header.writeUInt16LE(architecture === 'amd64' ? 62 : 183, 18)
  header.writeUInt32LE(1, 20)
  header.writeBigUInt64LE(BigInt(loadAddress + headersLength), 24) // entry
  header.writeBigUInt64LE(64n, 32) // program headers follow
  header.writeUInt16LE(64, 52)
  header.writeUInt16LE(56, 54)
  header.writeUInt16LE(1, 56)
  return header
}

function programHeader(fileLength: number): Buffer {
  const header = Buffer.alloc(56)
  header.writeUInt32LE(1, 0) // load
  header.writeUInt32LE(5, 4) // read, execute
  header.writeBigUInt64LE(BigInt(loadAddress), 16)
  header.writeBigUInt64LE(BigInt(loadAddress), 24)
  header.writeBigUInt64LE(BigInt(fileLength), 32)
  header.writeBigUInt64LE(BigInt(fileLength), 40)
  header.writeBigUInt64LE(0x10000n, 48)
  return header
}

/** Instructions in bytes; jumps are one byte of opcode and one of distance. */
function amd64Code(): Buffer {
  const block = [
    [0x68, ...uint32(signalSet)], // push the signal set; rsp points at it from here on
    [0xb8, ...uint32(14)], // eax = rt_sigprocmask
    [0x31, 0xff], // edi = SIG_BLOCK
    [0x48, 0x89, 0xe6], // rsi = the set
    [0x31, 0xd2], // edx = no old set
    [0x41, 0xba, ...uint32(8)], // r10 = size of the set
    [0x0f, 0x05],
  ].flat()
  const wait = [
    [0xb8, ...uint32(128)], // eax = rt_sigtimedwait
    [0x48, 0x89, 0xe7], // rdi = the set
    [0x31, 0xf6], // esi = no details
    [0x31, 0xd2], // edx = no timeout
    [0x41, 0xba, ...uint32(8)],
    [0x0f, 0x05],
    [0x83, 0xf8, 17], // SIGCHLD?
  ].flat()
  const decide = [0x85, 0xc0] // an error (EINTR)?
  const exit = [
    [0xb8, ...uint32(231)],
    [0x31, 0xff],
    [0x0f, 0x05],
  ].flat()
  const reap = [
    [0xb8, ...uint32(61)], // eax = wait4
    [0x83, 0xcf, 0xff], // edi = any child
    [0x31, 0xf6],
    [0xba, ...uint32(1)], // edx = WNOHANG
    [0x45, 0x31, 0xd2],
    [0x0f, 0x05],
    [0x85, 0xc0], // collected one?
  ].flat()
  const jumpLength = 2
  const toReap = decide.length + jumpLength + exit.length
  const decideBack = -(wait.length + jumpLength + decide.length + jumpLength)
  const reapAgain = -(reap.length + jumpLength)
  const waitAgain = reapAgain - jumpLength - exit.length + decideBack
  const parts = [
    block,
    wait,
    [0x74, toReap], // je reap
    decide,
    [0x78, decideBack & 0xff], // js wait
    exit,
    reap,
    [0x7f, reapAgain & 0xff], // jg reap
    [0xeb, waitAgain & 0xff], // jmp wait
  ]
  return Buffer.from(parts.flat())
}

function uint32(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24]
}

/** One word for each instruction; `at` counts them, and distances are in instructions. */
function arm64Code(): Buffer {
  const set = (register: number, value: number) => 0xd2800000 + (value << 5) + register
  const stackTo = (register: number) => 0x910003e0 + register
  const call = (number: number) => [set(8, number), 0xd4000001]
  const block = [
    set(1, signalSet & 0xffff),
    0xf2a00001 + ((signalSet >>> 16) << 5),
    0xf81f0fe1,
    set(0, 0),
    stackTo(1),
    set(2, 0),
    set(3, 8),
    ...call(135),
  ]
  const wait = [stackTo(0), set(1, 0), set(2, 0), set(3, 8), ...call(137), 0x7100441f] // ... compare with SIGCHLD
  const exit = [set(0, 0), ...call(94)]
  const reap = [0x92800000, set(1, 0), set(2, 1), set(3, 0), ...call(260), 0x7100001f] // ... compare with 0
  const toReap = 1 + 1 + exit.length
  const decideBack = -(wait.length + 1)
  const reapAgain = -reap.length
  const waitAgain = reapAgain - 1 - exit.length - 1 + decideBack
  const words = [
    ...block,
    ...wait,
    0x54000000 + (toReap << 5), // b.eq reap
    0x37f80000 + ((decideBack & 0x3fff) << 5), // tbnz w0, 31, wait: an error
    ...exit,
    ...reap,
    0x54000000 + ((reapAgain & 0x7ffff) << 5) + 12, // b.gt reap
    0x14000000 + (waitAgain & 0x3ffffff), // b wait
  ]
  const bytes = Buffer.alloc(words.length * 4)
  for (const [index, word] of words.entries()) bytes.writeUInt32LE(word >>> 0, index * 4)
  return bytes
}
