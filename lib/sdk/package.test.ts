// What a platform gets: the tarball, installed without a registry into an empty project, used from JavaScript and TypeScript.
import { execFile } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gateServer } from '@/lib/gate/server'
import { documentOf, typesOf } from './generate.mjs'

const run = promisify(execFile)
const projectRoot = path.join(import.meta.dirname, '../..')
const modules = path.join(projectRoot, 'node_modules')
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'purse-sdk-'))
const project = path.join(folder, 'project')
const npm = (args: string[], cwd: string) =>
  run('npm', [...args, '--offline', '--no-audit', '--no-fund'], { cwd, shell: process.platform === 'win32' })

let packed: { files: { path: string }[]; unpackedSize: number }

beforeAll(async () => {
  // Packed as a copy, so that the build leaves nothing in the tree.
  const source = path.join(folder, 'sdk')
  fs.cpSync(import.meta.dirname, source, { recursive: true, filter: (file) => !file.endsWith('/dist') })
  fs.symlinkSync(modules, path.join(folder, 'node_modules'), 'junction')
  const { stdout } = await npm(['pack', '--json'], source)
  const [report] = JSON.parse(stdout.slice(stdout.indexOf('['))) as [typeof packed & { filename: string }]
  packed = report
  fs.mkdirSync(project)
  write('package.json', JSON.stringify({ name: 'empty', private: true, type: 'module' }))
  // Out of the reach of the repository's own packages.
  fs.rmSync(path.join(folder, 'node_modules'))
  await npm(['install', path.join(source, report.filename)], project)
}, 120_000)

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const write = (name: string, text: string) => fs.writeFileSync(path.join(project, name), text)

describe('the package', () => {
  test('contains what runs, its types and its licence, and nothing else', () => {
    const names = packed.files.map((file) => file.path)
    expect(names).toEqual(
      expect.arrayContaining(['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts']),
    )
    expect(names.filter((name) => /test|measure|generate\.mjs|workers/.test(name))).toEqual([])
    expect(
      names.filter((name) => !/^(package\.json|README\.md|LICENSE|dist\/[\w.-]+\.(js|d\.ts))$/.test(name)),
    ).toEqual([])
    expect(fs.readdirSync(path.join(project, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
      '@purse',
    ])
  })

  test('runs in an empty project', async () => {
    write(
      'use.mjs',
      `import { PurseClient, PurseError, openaiStream } from '@purse/sdk'
       import { openaiError } from '@purse/sdk/openai'
       import { purseMiddleware } from '@purse/sdk/ai-sdk'
       const client = new PurseClient({ baseUrl: 'http://127.0.0.1:9', apiKey: 'purse_sk_none', retries: 0 })
       const error = await client.authorize({ accountId: 'a', maxCost: '1.00' }).catch((error) => error)
       console.log(JSON.stringify([
         error instanceof PurseError, error.code, typeof openaiStream, openaiError(error).status,
         purseMiddleware({ client, accountId: 'a' }).specificationVersion,
       ]))`,
    )
    const { stdout } = await run(process.execPath, ['use.mjs'], { cwd: project })
    expect(JSON.parse(stdout)).toEqual([true, 'gate_unreachable', 'function', 503, 'v4'])
  })

  test.each([
    ['NodeNext', 'NodeNext'],
    ['ESNext', 'Bundler'],
  ])(
    'is typed under module %s',
    async (module, moduleResolution) => {
      write(
        'use.ts',
        `import { type Authorization, type LeaseState, PurseClient, PurseError } from '@purse/sdk'
       const client = new PurseClient({ baseUrl: 'https://gate.example.com', apiKey: 'purse_sk_none' })
       export async function use(): Promise<string | null> {
         const held: Authorization = await client.authorize({ accountId: 'a', model: 'm', inputTokens: 1, maxOutputTokens: 2 })
         const state: 'open' | 'settled' | 'released' | 'expired' = held.state
         const lease: LeaseState = await client.openLease({ accountId: 'a', amount: '1.00' })
         const settled = await client.settle(held.id, { inputTokens: 1, outputTokens: 2 })
         const cost: string | undefined = settled.reported?.cost
         // @ts-expect-error amounts are decimal strings
         await client.authorize({ accountId: 'a', maxCost: 1 })
         // @ts-expect-error the most that it may cost is missing
         await client.authorize({ accountId: 'a' })
         // @ts-expect-error there is no such field
         await client.settle(held.id, { inputTokens: 1, outputTokens: 2, output: 3 })
         return settled.charged ?? lease.id ?? cost ?? state
       }
       export const isRefusal = (error: unknown) => error instanceof PurseError && error.maxAffordable`,
      )
      const tsc = path.join(modules, 'typescript/bin/tsc')
      const args = [
        '--strict',
        '--noEmit',
        '--target',
        'ES2022',
        '--module',
        module,
        '--moduleResolution',
        moduleResolution,
      ]
      const { stdout } = await run(process.execPath, [tsc, ...args, 'use.ts'], { cwd: project }).catch(
        (error: { stdout: string }) => error,
      )
      expect(stdout).toBe('')
    },
    60_000,
  )
})

test("the types are those of the gate's document", async () => {
  const written = fs.readFileSync(path.join(import.meta.dirname, 'api.generated.ts'), 'utf8')
  const current = await typesOf(await documentOf(gateServer))
  expect(written === current, 'api.generated.ts is stale: run node --import tsx lib/sdk/generate.mjs').toBe(true)
}, 60_000)
