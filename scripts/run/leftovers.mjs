// Which processes belong to this installation is written down in files, so that a start after a kill -9 finds them.
import fs from 'node:fs'
import path from 'node:path'
import { readJson, runFolder, writeJson } from './folders.mjs'
import { isAlive, startOf, untilGone } from './processes.mjs'
import { Problem, say } from './say.mjs'

const ownName = 'start'
const graceSeconds = 5

const fileOf = (name) => path.join(runFolder, `${name}.json`)

/** Claims this data folder for this process. Throws a Problem if another start runs on it. */
export function claimFolder(facts) {
  for (;;) {
    try {
      fs.writeFileSync(fileOf(ownName), JSON.stringify({ ...identity(process.pid), ...facts }), { flag: 'wx' })
      return
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const other = readJson(fileOf(ownName))
    if (other && isSame(other)) {
      throw new Problem(
        `Purse already runs here: ${other.url} (pid ${other.pid}). Stop it first, with Ctrl-C or kill ${other.pid}.`,
      )
    }
    fs.rmSync(fileOf(ownName), { force: true })
  }
}

export const releaseFolder = () => forget(ownName)

/** Writes a child down. */
export const remember = (name, pid) => writeJson(fileOf(name), identity(pid))

export const forget = (name) => fs.rmSync(fileOf(name), { force: true })

/** Stops what a killed start has left running. PostgreSQL is not among it: it is taken over, not stopped. */
export async function stopLeftovers(names) {
  for (const name of names) {
    const left = readJson(fileOf(name))
    if (left && isSame(left)) {
      say(`Stopping the ${name} that an earlier run left behind (pid ${left.pid}).`)
      await endGroup(left.pid)
    }
    forget(name)
  }
}

/** Asks a process to end and, after `seconds`, ends it and its children. */
export async function endGroup(pid, seconds = graceSeconds) {
  signal(pid, 'SIGTERM')
  if (!(await untilGone(pid, seconds))) signal(-pid, 'SIGKILL')
  await untilGone(pid, graceSeconds)
}

function signal(target, name) {
  try {
    process.kill(target, name)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

const identity = (pid) => ({ pid, started: startOf(pid) })

/** A pid may belong to somebody else by now; a pid with its start time does not. */
const isSame = ({ pid, started }) => isAlive(pid) && startOf(pid) === started
