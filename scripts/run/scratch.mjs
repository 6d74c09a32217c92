// Folders of test runs. The pid in the name tells a later run which ones were left behind by a killed one.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { commandOf, isAlive, untilGone } from './processes.mjs'

const prefix = 'purse-scratch-'

/** A new empty folder outside the project. Folders of runs that no longer exist are cleared away first. */
export async function makeScratchFolder() {
  await clearAbandoned()
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `${prefix}${process.pid}-`))
  fs.chmodSync(folder, 0o755) // PostgreSQL's account passes through
  return folder
}

async function clearAbandoned() {
  for (const name of fs.readdirSync(os.tmpdir())) {
    const pid = Number(new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1])
    const folder = path.join(os.tmpdir(), name)
    if (!pid || isAlive(pid) || fs.statSync(folder, { throwIfNoEntry: false })?.uid !== process.getuid?.()) continue
    await stopPostgresIn(folder)
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

async function stopPostgresIn(folder) {
  const lockFile = path.join(folder, 'postgres/postmaster.pid')
  if (!fs.existsSync(lockFile)) return
  const pid = Number(fs.readFileSync(lockFile, 'utf8').split('\n')[0])
  if (!commandOf(pid).includes(folder)) return
  process.kill(pid, 'SIGQUIT')
  await untilGone(pid, 5)
}
