import { spawn } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import readline from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { logFolder, projectRoot } from './folders.mjs'
import { endGroup, forget, remember } from './leftovers.mjs'
import { explain, lastLines, Problem, say } from './say.mjs'

const readySeconds = 90
const crashesBeforeGivingUp = 3
const longestPauseSeconds = 30
const steadySeconds = 60
const stopSeconds = 12
const largestLogBytes = 20_000_000
const linesKept = 20

/**
 * Runs a Node program for as long as Purse runs, and again whenever it ends by itself, with growing pauses.
 * What it prints goes to its log; errors are repeated on the screen.
 *
 * @param {{ name: string, args: string[], env: object, port?: number }} child  `port`: where it will listen
 */
export function keepRunning({ name, args, env, port }) {
  const logFile = path.join(logFolder, `${name}.log`)
  const log = openLog(logFile)
  const state = { isStopping: false, wasReady: false, crashes: 0, process: null, restart: undefined, recent: [] }

  const launch = () => {
    const began = Date.now()
    const child = spawn(process.execPath, args, {
      cwd: projectRoot,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    state.process = child
    if (child.pid) remember(name, child.pid)
    for (const stream of [child.stdout, child.stderr]) {
      readline.createInterface({ input: stream }).on('line', (line) => {
        log.write(`${line}\n`)
        state.recent = [...state.recent, line].slice(-linesKept)
        if (state.wasReady && (stream === child.stderr || isSevere(line))) say(`[${name}] ${line}`)
      })
    }
    child.once('error', (error) => say(`[${name}] ${error.message}`))
    child.once('close', (code, signal) => {
      if (state.isStopping) return
      state.crashes = Date.now() - began > steadySeconds * 1000 ? 1 : state.crashes + 1
      if (!state.wasReady && state.crashes >= crashesBeforeGivingUp) return
      const pauseSeconds = Math.min(2 ** (state.crashes - 1) / 2, longestPauseSeconds)
      say(
        `The ${name} stopped (${signal ?? `code ${code}`}) and is started again in ${pauseSeconds} s. Its log: ${logFile}`,
      )
      state.restart = setTimeout(launch, pauseSeconds * 1000)
    })
  }
  launch()
  return { name, untilReady: () => untilReady({ name, port, state, logFile }), stop: () => stop({ name, state, log }) }
}

async function untilReady({ name, port, state, logFile }) {
  for (const deadline = Date.now() + readySeconds * 1000; Date.now() < deadline; await wait(50)) {
    if (state.isStopping) return
    if (state.crashes >= crashesBeforeGivingUp) {
      throw new Problem(
        `The ${name} does not start.\n${explain(new Problem(lastLines(state.recent.join('\n'), 8)))}\nIts log: ${logFile}`,
      )
    }
    if (!port || (await isListening(port))) {
      state.wasReady = true
      return
    }
  }
  throw new Problem(`The ${name} did not answer on port ${port} within ${readySeconds} seconds. Its log: ${logFile}`)
}

function isListening(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

async function stop({ name, state, log }) {
  state.isStopping = true
  clearTimeout(state.restart)
  const { pid } = state.process
  if (pid) await endGroup(pid, stopSeconds)
  forget(name)
  log.end()
}

function openLog(file) {
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > largestLogBytes) fs.renameSync(file, `${file}.1`)
  const log = fs.createWriteStream(file, { flags: 'a' })
  // A full disk must not take the processes down with the log: they refuse and go on.
  log.on('error', (error) => say(explain(error)))
  return log
}

/** Structured logs say how bad it is in a number: 50 is an error, 60 the end. */
function isSevere(line) {
  return /^\{"level":[56]0,/.test(line)
}
