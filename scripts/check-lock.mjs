// Checks package-lock.json: that it installs everywhere, that nothing known to be dangerous is in it, and that what
// ships with Purse may be used freely. Prints one line for each fault; exit code 1 if there is any.
import fs from 'node:fs'
import path from 'node:path'

const lockFile = process.argv[2] ?? path.join(import.meta.dirname, '../package-lock.json')

/** Below these versions there are known holes; read the advisories before lowering one. */
const minimumVersions = {
  next: '16.4.5',
  'next-auth': '4.24.15',
  nodemailer: '10.6.0',
  postcss: '8.5.12',
  react: '19.2.5',
  'react-dom': '19.2.5',
  sharp: '0.35.5',
  stripe: '23.1.0',
}

const permissive = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'CC-BY-4.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
])

/** Other licences, package by package, with the reason why each may be there. */
const licenceExceptions = [
  // Optional binaries of `sharp`, which Next.js loads for image optimisation. It is switched off; they are never linked.
  [/^@img\/sharp-/, 'LGPL-3.0-or-later'],
  // The CSS compiler of the build. Nothing of it is in what is served.
  [/^lightningcss(-|$)/, 'MPL-2.0'],
  // Part of Prisma's command-line tool, used to generate code; never loaded by Purse.
  [/^elkjs$/, 'EPL-2.0'],
  // Fonts, which may be bundled with software.
  [/^geist$/, 'SIL OPEN FONT LICENSE'],
  // MIT by its LICENSE file; its package.json forgot to say so.
  [/^seq-queue$/, 'none'],
]

const packages = JSON.parse(fs.readFileSync(lockFile, 'utf8')).packages
const entries = Object.entries(packages).filter(([place]) => place !== '')
const nameOf = (place) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)

const faults = [...addresses(), ...holes(), ...oldVersions(), ...licences()]
for (const fault of faults) console.log(fault)
process.exitCode = faults.length > 0 ? 1 : 0

/** Where a package was downloaded from is the business of whoever installs. */
function addresses() {
  const written = entries.filter(([, { resolved }]) => resolved)
  return written.map(
    ([place]) => `${place} has a download address (resolved). Add omit-lockfile-registry-resolved to .npmrc.`,
  )
}

/** npm leaves a platform's package out of the lock without a word if it cannot get it, and then refuses to install there. */
function holes() {
  return Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) => {
    const missing = Object.keys(optionalDependencies).filter((name) => !isFound(place, name))
    return missing.map((name) => `${place || 'package.json'} lacks its optional ${name}: npm ci would fail.`)
  })
}

/** Looks where Node would: in the package's own node_modules, then in those of each folder above. */
function isFound(place, name) {
  for (let folder = place; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('/node_modules/'), 0))) {
    if (packages[`${folder && `${folder}/`}node_modules/${name}`]) return true
    if (folder === '') return false
  }
}

function oldVersions() {
  return entries.flatMap(([place, { version }]) => {
    const minimum = minimumVersions[nameOf(place)]
    return minimum && isBelow(version, minimum)
      ? [`${place} is ${version}; versions below ${minimum} have known holes.`]
      : []
  })
}

function isBelow(version, minimum) {
  const [ours, theirs] = [version, minimum].map((text) => text.split('-')[0].split('.').map(Number))
  const place = ours.findIndex((part, index) => part !== theirs[index])
  return place !== -1 && ours[place] < theirs[place]
}

function licences() {
  const shipped = entries.filter(([, { dev }]) => !dev)
  return shipped.flatMap(([place, { license = 'none' }]) => {
    const refused = license
      .replace(/[()]/g, '')
      .split(/ and /i)
      .filter((part) => !isAllowed(nameOf(place), part))
    return refused.length > 0 ? [`${place} is under ${license}, which is not on the list of permissive licences.`] : []
  })
}

/** Of alternatives ("A OR B") one is enough. */
function isAllowed(name, licence) {
  const isException = licenceExceptions.some(([pattern, excepted]) => pattern.test(name) && excepted === licence)
  return isException || licence.split(/ or /i).some((part) => permissive.has(part.trim()))
}
