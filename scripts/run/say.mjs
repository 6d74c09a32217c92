// What the commands tell the person in front of them.

/** Something the person can act on: shown as it is, without a stack. */
export class Problem extends Error {}

let isLineOpen = false

/** One line, or several. */
export function say(text = '') {
  if (isLineOpen) process.stdout.write('\n')
  isLineOpen = false
  console.log(text)
}

/** Names a piece of work before it begins and its seconds when it is done. */
export async function step(title, work) {
  const began = performance.now()
  process.stdout.write(`${title} … `)
  isLineOpen = true
  const result = await work()
  const seconds = `${((performance.now() - began) / 1000).toFixed(1)} s`
  if (isLineOpen) process.stdout.write(`${seconds}\n`)
  else console.log(`${title}: ${seconds}`)
  isLineOpen = false
  return result
}

/** Ends the line of a step that failed, and tells why. */
export function sayProblem(error) {
  say()
  console.error(explain(error))
}

/** An error in words: what is wrong and what to do, if we know; else the error with its stack. */
export function explain(error) {
  const text = `${error?.code ?? ''} ${error?.message ?? error}`
  if (/ENOSPC|No space left on device/i.test(text))
    return 'The disk is full. Free some space, then start again: nothing is lost.'
  if (error instanceof Problem) return error.message
  if (['EACCES', 'EPERM', 'EROFS'].includes(error?.code) && error.path) {
    return `${error.path} cannot be written by this user. Start as its owner, or set PURSE_DATA_DIR to a folder of your own.`
  }
  return error?.stack ?? String(error)
}

/** Without web addresses: where packages come from is nobody's business in a log. */
export function withoutAddresses(text) {
  return text.replace(/\bhttps?:\/\/\S+/g, '(address)').replace(/\b(?:\d{1,3}\.){3}\d{1,3}(:\d+)?\b/g, '(address)')
}

/** The last lines of a longer text. */
export const lastLines = (text, count) => text.trim().split('\n').slice(-count).join('\n')

/** The first lines of a longer text. */
export const firstLines = (text, count) => text.trim().split('\n').slice(0, count).join('\n')
