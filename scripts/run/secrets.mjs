import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { dataFolder, readJson, writeJson } from './folders.mjs'

const file = path.join(dataFolder, 'secrets.json')

/** What this installation made up for itself, kept between starts and readable by its owner only. */
export function readSecrets() {
  const kept = readJson(file)
  return kept?.nextAuthSecret ? kept : saveSecrets({ nextAuthSecret: randomBytes(32).toString('base64url') })
}

/** Adds to what is kept and returns all of it. */
export function saveSecrets(added) {
  const secrets = { ...readJson(file), ...added }
  writeJson(file, secrets, 0o600)
  return secrets
}
