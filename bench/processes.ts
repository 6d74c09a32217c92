/** Processes of the project that talk in lines: servers that tell their port, a client that takes orders. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import readline from 'node:readline'

const root = path.join(import.meta.dirname, '..')
const lastErrorCharacters = 2000

/** All that run now, so that none outlives the bench. */
const alive = new Set<ChildProcess>()

export function killAllNow(): void {
  for (const child of alive) child.kill('SIGKILL')
}

export class Process {
  private readonly waiting = new Set<{ take: (line: string) => boolean; fail: (error: Error) => void }>()
  private errors = ''
  private readonly ended: Promise<unknown>

  private constructor(
    private readonly file: string,
    private readonly child: ChildProcess,
  ) {
    alive.add(child)
    this.ended = once(child, 'close').then(() => {
      alive.delete(child)
      for (const { fail } of this.waiting) fail(new Error(`${file} ended: ${this.errors}`))
    })
    child.stdin?.on('error', () => {}) // it may end before it has read everything
    child.stderr?.on('data', (data) => {
      this.errors = (this.errors + data).slice(-lastErrorCharacters)
    })
    readline.createInterface({ input: child.stdout! }).on('line', (line) => {
      for (const one of this.waiting) if (one.take(line)) this.waiting.delete(one)
    })
  }

  /** Runs a TypeScript file, by its path from the project's root, in a process of its own. */
  static start(file: string, env: Record<string, string> = {}): Process {
    return Process.run(file, ['--import', 'tsx', path.join(root, file)], env)
  }

  /** Runs Node with these arguments. `name` is what errors call it. */
  static run(name: string, args: string[], env: Record<string, string> = {}): Process {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    return new Process(name, child)
  }

  get pid(): number {
    return this.child.pid!
  }

  /** The next line that is read into something. Ask before what causes it. */
  next<T>(read: (line: string) => T | null, seconds: number): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => fail(new Error(`${this.file} was silent for ${seconds} s`)), seconds * 1000)
      const fail = (error: Error) => {
        clearTimeout(timer)
        this.waiting.delete(one)
        reject(error)
      }
      const take = (line: string) => {
        const value = read(line)
        if (value === null) return false
        clearTimeout(timer)
        resolve(value)
        return true
      }
      const one = { take, fail }
      this.waiting.add(one)
    })
  }

  send(message: unknown): void {
    this.child.stdin!.write(`${JSON.stringify(message)}\n`)
  }

  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.child.kill(signal)
    await this.ended
  }
}
