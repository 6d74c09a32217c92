import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { type FileHandle, open, rename } from 'node:fs/promises'
import path from 'node:path'

/** One change: collection, id, and the new value (null: removed). */
export type Change = [collection: string, id: string, value: unknown]

/**
 * The sandbox's memory on disk: one file, one line of JSON per transaction, synced before anybody is told about it. At
 * start the file is rewritten with one line per living object, so it never holds more than one run's history.
 */
export class Journal {
  private waitingLines: string[] = []
  private flushing: Promise<void> | null = null

  private constructor(private readonly file: FileHandle) {}

  /** Reads what an earlier run left in `directory` (created when missing). Throws when the file is damaged. */
  static read(directory: string): Change[] {
    mkdirSync(directory, { recursive: true })
    const file = path.join(directory, 'state.jsonl')
    if (!existsSync(file)) return []
    const lines = readFileSync(file, 'utf8').split('\n')
    // A line without its line end was being written when the process died: nobody was told about it.
    lines.pop()
    return lines.flatMap((line, index) => parseLine(line, index, file))
  }

  /** Starts a new file holding only `living`, in place of the old one. */
  static async start(directory: string, living: Iterable<Change>): Promise<Journal> {
    const file = path.join(directory, 'state.jsonl')
    const fresh = await open(`${file}.new`, 'w')
    const lines: string[] = []
    for (const change of living) lines.push(`${JSON.stringify([change])}\n`)
    await fresh.writeFile(lines.join(''))
    await fresh.sync()
    await rename(`${file}.new`, file)
    await syncDirectory(directory)
    return new Journal(fresh)
  }

  /** Queues one transaction. It is on disk when a later `flush` resolves. */
  append(changes: Change[]): void {
    this.waitingLines.push(`${JSON.stringify(changes)}\n`)
  }

  /** Resolves when everything appended so far is on disk. Writers that come meanwhile share the next sync. */
  async flush(): Promise<void> {
    while (this.waitingLines.length || this.flushing) {
      this.flushing ??= this.writeWaiting().finally(() => {
        this.flushing = null
      })
      await this.flushing
    }
  }

  async close(): Promise<void> {
    await this.flush()
    await this.file.close()
  }

  private async writeWaiting(): Promise<void> {
    const text = this.waitingLines.join('')
    this.waitingLines = []
    try {
      await this.file.appendFile(text)
      await this.file.datasync()
    } catch (error) {
      // Memory is ahead of the disk now: an answer would not be true after a restart, so the process must end.
      setImmediate(() => {
        throw new Error(`cannot write its data: ${(error as Error).message}`)
      })
      throw error
    }
  }
}

function parseLine(line: string, index: number, file: string): Change[] {
  try {
    return JSON.parse(line)
  } catch {
    throw new Error(`The sandbox's data file ${file} is damaged in line ${index + 1}. Move it away to start afresh.`)
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  await handle.sync()
  await handle.close()
}
