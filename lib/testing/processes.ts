import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import readline from 'node:readline'

const projectRoot = path.join(import.meta.dirname, '../..')

export interface TestProcess {
  pid: number
  /** What the process has printed on stdout so far, one JSON value a line; other lines are left out. */
  messages: unknown[]
  /** Waits for the next line on stdout that `matches`, JSON or not, seen or still to come. */
  line: (matches: (line: string) => boolean, timeoutSeconds?: number) => Promise<string>
  /** Writes one JSON value as a line to its stdin. */
  send: (message: unknown) => void
  /** Ends it, SIGKILL unless said otherwise, and waits until it is gone. */
  kill: (signal?: NodeJS.Signals) => Promise<void>
  /** Exit code, or null when a signal ended it, with what it wrote on stderr. */
  exit: Promise<{ code: number | null; stderr: string }>
}

/** Runs a TypeScript file of the project (path from its root) in a Node process of its own. */
export function startProcess(file: string, args: string[] = [], env: Record<string, string> = {}): TestProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', path.join(projectRoot, file), ...args], {
    cwd: projectRoot,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.on('error', () => {}) // it may end before it has read everything
  const lines: string[] = []
  const messages: unknown[] = []
  const output = readline.createInterface({ input: child.stdout })
  output.on('line', (line) => {
    lines.push(line)
    const message = parsed(line)
    if (message !== undefined) messages.push(message)
  })
  const exit = exitOf(child)
  return {
    pid: child.pid!,
    messages,
    exit,
    line: (matches, timeoutSeconds = 20) => nextLine({ file, lines, output, exit, matches, timeoutSeconds }),
    send: (message) => child.stdin.write(`${JSON.stringify(message)}\n`),
    kill: async (signal = 'SIGKILL') => {
      child.kill(signal)
      await exit
    },
  }
}

/** `count` processes at once; each finds its number in the environment as PROCESS_NUMBER, from 0. */
export function startProcesses(count: number, file: string, args: string[] = [], env: Record<string, string> = {}) {
  return Array.from({ length: count }, (_, number) =>
    startProcess(file, args, { ...env, PROCESS_NUMBER: String(number) }),
  )
}

/** Waits for all of them to end well and returns everything they said. Throws with stderr if one did not. */
export async function messagesOf(processes: TestProcess[]): Promise<unknown[]> {
  for (const { code, stderr } of await Promise.all(processes.map((process) => process.exit))) {
    if (code !== 0) throw new Error(`A process ended with ${code}: ${stderr}`)
  }
  return processes.flatMap((process) => process.messages)
}

async function exitOf(child: ChildProcess) {
  let stderr = ''
  child.stderr?.on('data', (data) => {
    stderr += data
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stderr }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

interface LineWait {
  file: string
  lines: string[]
  output: readline.Interface
  exit: TestProcess['exit']
  matches: (line: string) => boolean
  timeoutSeconds: number
}

async function nextLine({ file, lines, output, exit, matches, timeoutSeconds }: LineWait): Promise<string> {
  const seen = lines.find(matches)
  if (seen !== undefined) return seen
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`${file} was silent for ${timeoutSeconds} s`)),
      timeoutSeconds * 1000,
    )
    const listen = (line: string) => {
      if (!matches(line)) return
      clearTimeout(timer)
      output.off('line', listen)
      resolve(line)
    }
    output.on('line', listen)
    exit.then(({ code, stderr }) => {
      clearTimeout(timer)
      reject(new Error(`${file} ended with ${code}: ${stderr}`))
    })
  })
}
