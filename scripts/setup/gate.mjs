// The gate runs as plain JavaScript made of its sources: TypeScript made while it runs costs 70 MB in every gate process.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { cacheFolder, projectRoot } from '../run/folders.mjs'
import { Problem } from '../run/say.mjs'

const folder = path.join(cacheFolder, 'gate')

/** The program, and the thread that it reads large bodies in. */
const programs = { main: 'lib/gate/main.ts', reader: 'lib/gate/reader/main.ts' }

/** Node's arguments to run the gate with. Under load a larger nursery only fills more memory; it is not faster. */
export const gateArguments = ['--max-semi-space-size=8', path.join(folder, 'main.mjs')]

/** Makes the gate's program of its sources, in a fraction of a second. Several may do so at once. */
export async function bundleGate() {
  const { outputFiles } = await bundler()
    .build({
      absWorkingDir: projectRoot,
      entryPoints: programs,
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      target: 'node20',
      write: false,
      logLevel: 'silent',
    })
    .catch((error) => {
      throw new Problem(`The gate cannot be built:\n${error.message}`)
    })
  fs.mkdirSync(folder, { recursive: true })
  for (const { path: file, contents } of outputFiles) {
    const part = `${file}.${process.pid}.part`
    fs.writeFileSync(part, contents)
    fs.renameSync(part, file)
  }
}

/** The bundler is tsx's own, asked for only once everything is installed. */
function bundler() {
  const require = createRequire(import.meta.url)
  return createRequire(require.resolve('tsx'))('esbuild')
}
