// npm run lighthouse: Lighthouse's mobile preset on the pages that people open most, signed in, against a running demo.
//   npm run lighthouse -- --url http://localhost:3000 --email grace@example.com --runs 3 /usage
// Prints the median of each score and of the figures behind it, and how much JavaScript came with the page.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from '@playwright/test'
import { findChromium } from './run/chromium.mjs'
import { Problem, say, sayProblem } from './run/say.mjs'

const lighthouse = 'lighthouse@12.8.2'
const { values, positionals } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://localhost:3000' },
    email: { type: 'string', default: 'grace@example.com' },
    runs: { type: 'string', default: '3' },
  },
  allowPositionals: true,
})
const pages = positionals.length > 0 ? positionals : ['/', '/credits', '/usage']
const categories = ['performance', 'accessibility', 'best-practices', 'seo']
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'purse-lighthouse-'))

try {
  const browser = findChromium()
  const cookie = await signIn(browser)
  say(`${'page'.padEnd(10)}${categories.map((name) => name.padStart(16)).join('')}     LCP     TBT    CLS  script`)
  for (const page of pages) {
    const reports = []
    for (let run = 1; run <= Number(values.runs); run++) reports.push(await measure(browser, cookie, page, run))
    say(lineOf(page, reports))
  }
} catch (error) {
  sayProblem(error)
  process.exitCode = 1
} finally {
  fs.rmSync(folder, { recursive: true, force: true })
}

/** Signs in through the demo's mailbox and returns the session as a Cookie header. */
async function signIn({ executablePath, env }) {
  const started = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu'],
    env: { ...process.env, ...env },
  })
  try {
    const context = await started.newContext({ baseURL: values.url })
    const page = await context.newPage()
    await page.goto('/sign-in')
    await page.getByLabel('E-mail address').fill(values.email)
    await page.getByRole('button', { name: 'Send me a sign-in link' }).click()
    await page.getByRole('heading', { name: 'Check your mail' }).waitFor()
    await page.goto('/mailbox')
    const mail = page
      .getByRole('listitem')
      .filter({ hasText: `To ${values.email}` })
      .first()
    const link = mail.getByRole('link', { name: /\/sign-in\/confirm\?/ })
    if (!(await link.isVisible())) await mail.locator('summary').click()
    await link.click()
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
    return (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
  } finally {
    await started.close()
  }
}

async function measure({ executablePath, env }, cookie, page, run) {
  const headers = path.join(folder, 'headers.json')
  fs.writeFileSync(headers, JSON.stringify({ Cookie: cookie }))
  const output = path.join(folder, `${page.replaceAll('/', '_')}-${run}.json`)
  const args = [new URL(page, values.url).href, '--quiet', '--output=json', `--output-path=${output}`]
  args.push(`--extra-headers=${headers}`, `--only-categories=${categories.join(',')}`)
  args.push('--chrome-flags=--headless=new --no-sandbox --disable-gpu')
  const child = spawn('npx', ['--yes', lighthouse, ...args], {
    env: { ...process.env, ...env, CHROME_PATH: executablePath },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let problem = ''
  child.stderr.on('data', (text) => {
    problem += text
  })
  const code = await new Promise((resolve) => child.on('close', resolve))
  if (code !== 0 || !fs.existsSync(output))
    throw new Problem(`Lighthouse could not look at ${page}:\n${problem.trim()}`)
  const report = JSON.parse(fs.readFileSync(output, 'utf8'))
  const ended = new URL(report.finalDisplayedUrl).pathname
  if (ended !== page) throw new Problem(`${page} led to ${ended}: the session was not taken.`)
  return report
}

function lineOf(page, reports) {
  const median = (figures) => figures.sort((a, b) => a - b)[Math.floor(figures.length / 2)]
  const of = (read) => median(reports.map(read))
  const scores = categories.map((name) =>
    String(Math.round(100 * of((report) => report.categories[name].score))).padStart(16),
  )
  const figure = (audit) => of((report) => report.audits[audit].numericValue)
  const scripts = of((report) =>
    report.audits['network-requests'].details.items
      .filter(({ resourceType }) => resourceType === 'Script')
      .reduce((sum, { transferSize }) => sum + transferSize, 0),
  )
  const failed = [...new Set(reports.flatMap(failedAudits))]
  return [
    `${page.padEnd(10)}${scores.join('')}${`${(figure('largest-contentful-paint') / 1000).toFixed(2)} s`.padStart(9)}` +
      `${`${Math.round(figure('total-blocking-time'))} ms`.padStart(8)}${figure('cumulative-layout-shift').toFixed(3).padStart(7)}` +
      `${`${Math.round(scripts / 1024)} KB`.padStart(8)}`,
    ...failed.map((title) => `            ${title}`),
  ].join('\n')
}

/** Titles of what was marked down, outside of the timings. */
function failedAudits({ categories: found, audits }) {
  return ['accessibility', 'best-practices', 'seo'].flatMap((name) =>
    found[name].auditRefs
      .filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 0.9)
      .map(({ id }) => `${name}: ${audits[id].title}`),
  )
}
