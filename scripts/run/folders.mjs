import fs from 'node:fs'
import path from 'node:path'

export const projectRoot = path.join(import.meta.dirname, '../..')

/** What can be made again: builds' stamps, unpacked programs. */
export const cacheFolder = path.join(projectRoot, '.cache')

/** What Purse keeps when it runs without a database of yours. PURSE_DATA_DIR moves it. */
export const dataFolder = path.resolve(projectRoot, process.env.PURSE_DATA_DIR || '.data')

export const logFolder = path.join(dataFolder, 'logs')
export const runFolder = path.join(dataFolder, 'run')

/** Makes the folders, open enough for PostgreSQL's own account to pass through. */
export function makeFolders() {
  for (const folder of [cacheFolder, dataFolder, logFolder, runFolder]) fs.mkdirSync(folder, { recursive: true })
  fs.chmodSync(dataFolder, 0o755)
}

/** The JSON in a file, or null if there is none or a killed run left it half-written. */
export function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}

/** Replaces the file as a whole: a reader sees the old or the new, never half. */
export function writeJson(file, value, mode = 0o644) {
  const part = `${file}.${process.pid}.part`
  fs.writeFileSync(part, `${JSON.stringify(value, null, 2)}\n`, { mode })
  fs.renameSync(part, file)
}
