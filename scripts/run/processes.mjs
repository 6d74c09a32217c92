// What can be known about a process by its pid. Reads /proc where there is one (small images have no `ps`).
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'

/** Whether the process still runs. One that ended and waits to be collected by its parent does not. */
export function isAlive(pid) {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (error.code !== 'EPERM') return false
  }
  return procStat(pid)?.state !== 'Z'
}

/** The process's command line, or '' if it is gone or hidden from us. */
export function commandOf(pid) {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return ps(pid, 'command=')
  }
}

/** When the process began, in whatever unit the system counts; with the pid it names one process for ever. */
export function startOf(pid) {
  return procStat(pid)?.start ?? ps(pid, 'lstart=')
}

/** Waits until the process is gone. False if it still runs after so many seconds. */
export async function untilGone(pid, seconds) {
  for (const deadline = Date.now() + seconds * 1000; isAlive(pid); await wait(25)) {
    if (Date.now() > deadline) return false
  }
  return true
}

function procStat(pid) {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ') // the name before it may hold spaces and brackets
    return { state: fields[0], start: fields[19] }
  } catch {
    return null
  }
}

function ps(pid, column) {
  return spawnSync('ps', ['-p', String(pid), '-o', column], { encoding: 'utf8' }).stdout?.trim() ?? ''
}
