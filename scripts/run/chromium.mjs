// Finds a browser for the tests without downloading one.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { chromium } from '@playwright/test'
import { cacheFolder } from './folders.mjs'
import { Problem } from './say.mjs'

const installed = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/**
 * The browser to use and the environment it needs: CHROMIUM_PATH, an installed one, Playwright's own, or the one that
 * comes with the project's dependencies. Throws a Problem if none starts.
 *
 * @returns {{ executablePath: string, env: Record<string, string> }}
 */
export function findChromium() {
  const wanted = process.env.CHROMIUM_PATH
  if (wanted) return usable({ executablePath: wanted, env: {} })

  const candidates = [...installed, chromium.executablePath()].filter((file) => fs.existsSync(file))
  for (const executablePath of candidates) {
    if (!problemOf({ executablePath, env: {} })) return { executablePath, env: {} }
  }
  return usable(unpackedChromium())
}

function usable(browser) {
  const problem = problemOf(browser)
  if (!problem) return browser
  throw new Problem(
    `The browser for the tests does not start (${browser.executablePath}):\n${problem}\n` +
      'Install Chrome or Chromium, or set CHROMIUM_PATH to one that runs.',
  )
}

/** Why it does not start, or null. */
function problemOf({ executablePath, env }) {
  const run = spawnSync(executablePath, ['--version'], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: 20_000,
  })
  if (run.status === 0) return null
  return run.error?.message ?? (run.stderr.trim() || `exit code ${run.status}`)
}

/** Unpacks the browser with its libraries and fonts, once. */
function unpackedChromium() {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium')
  const packed = path.join(entry.slice(0, entry.lastIndexOf('chromium') + 'chromium'.length), 'bin')
  const folder = path.join(cacheFolder, 'chromium')
  const executablePath = path.join(folder, 'chromium')
  if (!fs.existsSync(executablePath)) unpack(packed, folder, executablePath)
  const libraries = path.join(folder, 'lib')
  const env = {
    LD_LIBRARY_PATH: [libraries, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
    FONTCONFIG_PATH: path.join(folder, 'fonts'),
  }
  return { executablePath, env }
}

function unpack(packed, folder, executablePath) {
  fs.mkdirSync(folder, { recursive: true })
  for (const name of ['al2023', 'fonts', 'swiftshader']) {
    const archive = brotliDecompressSync(fs.readFileSync(path.join(packed, `${name}.tar.br`)))
    const tar = spawnSync('tar', ['xf', '-', '-C', folder], { input: archive, encoding: 'utf8' })
    if (tar.status !== 0)
      throw new Problem(`The browser for the tests could not be unpacked: ${tar.error?.message ?? tar.stderr}`)
  }
  // Last, and moved in place: where it is, all of it is.
  const part = `${executablePath}.part`
  fs.writeFileSync(part, brotliDecompressSync(fs.readFileSync(path.join(packed, 'chromium.br'))), { mode: 0o755 })
  fs.renameSync(part, executablePath)
}
