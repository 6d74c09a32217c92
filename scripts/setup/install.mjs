// Brings node_modules in line with package-lock.json, from whatever state it is in. Node's own modules only.
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { run } from '../run/command.mjs'
import { projectRoot, readJson } from '../run/folders.mjs'
import { step } from '../run/say.mjs'

const modules = path.join(projectRoot, 'node_modules')
const stampFile = path.join(modules, '.purse-installed')

/** Installs what is missing. `development` asks for the packages of tests and checks as well. */
export async function installDependencies({ development }) {
  const lockText = fs.readFileSync(path.join(projectRoot, 'package-lock.json'), 'utf8')
  const stamp = createHash('sha256').update(`${lockText} ${process.platform} ${process.arch}`).digest('hex')
  if (isInstalled({ lock: JSON.parse(lockText).packages, stamp, development })) return
  await step('Installing dependencies (once; a minute or two)', cleanInstall)
  fs.writeFileSync(stampFile, stamp)
}

/** Nothing is taken on trust: a killed install leaves folders behind that look like packages. */
function isInstalled({ lock, stamp, development }) {
  // npm writes this list last of all.
  const installed = readJson(path.join(modules, '.package-lock.json'))?.packages
  if (!installed) return false
  const isOnDisk = Object.keys(installed).every((place) => fs.existsSync(path.join(projectRoot, place, 'package.json')))
  if (!isOnDisk) return false
  const hasStamp = fs.existsSync(stampFile) && fs.readFileSync(stampFile, 'utf8') === stamp
  return (
    hasStamp ||
    Object.entries(lock).every(([place, entry]) => {
      const isWanted = place !== '' && (development || !entry.dev) && fitsThisSystem(entry)
      return !isWanted || installed[place]?.version === entry.version
    })
  )
}

function fitsThisSystem({ os, cpu, libc }) {
  const ourLibc = process.report?.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl'
  const fits = (list, ours) => !list || list.includes(ours)
  return fits(os, process.platform) && fits(cpu, process.arch) && (process.platform !== 'linux' || fits(libc, ourLibc))
}

async function cleanInstall() {
  // No package runs a program of its own while it is installed; the one that needs links is repaired by us.
  const args = ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const npm = process.env.npm_execpath
  if (npm?.endsWith('npm-cli.js')) await run('npm ci', process.execPath, [npm, ...args])
  else await run('npm ci', process.platform === 'win32' ? 'npm.cmd' : 'npm', args)
}
