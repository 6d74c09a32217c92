// PostgreSQL refuses to run as root. As root its programs run under a system account; as anyone else, under their own.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { Problem } from '../run/say.mjs'

/** Outside any home, so that a system account can reach it. Used by root only. */
export const systemFolder = '/var/lib/purse'

export const isRoot = () => process.getuid?.() === 0

const preferredName = 'purse'

/**
 * Who runs PostgreSQL on this data directory: `{}` (us), or `{ uid, gid }` when we are root.
 * An existing data directory keeps its owner, whoever started it first.
 */
export function postgresAccount(dataDirectory) {
  if (!isRoot()) return {}
  const owner = fs.statSync(dataDirectory, { throwIfNoEntry: false })
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  return lookUp(preferredName) ?? create(preferredName) ?? lookUp('postgres') ?? lookUp('nobody') ?? noAccount()
}

function lookUp(name) {
  const uid = spawnSync('id', ['-u', name], { encoding: 'utf8' })
  const gid = spawnSync('id', ['-g', name], { encoding: 'utf8' })
  return uid.status === 0 && gid.status === 0 ? { uid: Number(uid.stdout), gid: Number(gid.stdout) } : null
}

function create(name) {
  // useradd on most systems, adduser on those with BusyBox
  spawnSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', name])
  if (!lookUp(name)) spawnSync('adduser', ['-S', '-D', '-H', '-s', '/bin/false', name])
  return lookUp(name)
}

function noAccount() {
  throw new Problem(
    'PostgreSQL cannot run as root, and no other account could be made for it. Start Purse as an ordinary user, or set DATABASE_URL.',
  )
}

/** Whether this account can write into the folder. */
export function canWrite(folder, account) {
  if (account.uid === undefined) return isWritable(folder)
  return spawnSync('test', ['-w', folder], { ...account, cwd: '/' }).status === 0
}

function isWritable(folder) {
  try {
    fs.accessSync(folder, fs.constants.W_OK | fs.constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Gives a folder and all that is in it to the account. */
export function giveTo(account, folder) {
  if (account.uid === undefined) return
  fs.chownSync(folder, account.uid, account.gid)
  for (const entry of fs.readdirSync(folder, { recursive: true })) {
    fs.lchownSync(`${folder}/${entry}`, account.uid, account.gid)
  }
}
