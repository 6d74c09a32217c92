/**
 * Writes api.generated.ts from the gate's OpenAPI document.
 *   node --import tsx lib/sdk/generate.mjs          the document of this repository's gate
 *   node lib/sdk/generate.mjs http://127.0.0.1:3001 … of a running gate
 */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import openapiTypescript, { astToString } from 'openapi-typescript'

const projectRoot = path.join(import.meta.dirname, '../..')
const file = path.join(import.meta.dirname, 'api.generated.ts')

/**
 * The TypeScript types of a document, laid out as the repository is.
 * @param {object} document
 * @returns {Promise<string>}
 */
export async function typesOf(document) {
  // A field with a default may be left out.
  const text = astToString(await openapiTypescript(structuredClone(document), { defaultNonNullable: false }))
  const biome = path.join(projectRoot, 'node_modules/@biomejs/biome/bin/biome')
  const input = `/** Written by generate.mjs from the gate's OpenAPI document. Do not edit. */\n${text}`
  return execFileSync(process.execPath, [biome, 'format', `--stdin-file-path=${file}`], {
    input,
    cwd: projectRoot,
    encoding: 'utf8',
    maxBuffer: 1e8,
  })
}

/**
 * The document that the gate of this repository serves.
 * @param {() => import('node:http').Server} gateServer
 * @returns {Promise<object>}
 */
export async function documentOf(gateServer) {
  const server = gateServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    return await fetchDocument(`http://127.0.0.1:${server.address().port}`)
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

/** @param {string} gateUrl */
async function fetchDocument(gateUrl) {
  const response = await fetch(`${gateUrl}/v1/openapi.json`)
  if (!response.ok) throw new Error(`${gateUrl} answered ${response.status}: ${await response.text()}`)
  return response.json()
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const gateUrl = process.argv[2]
  // The library itself knows nothing of the gate's code, so it is not imported but named.
  const gate = pathToFileURL(path.join(projectRoot, 'lib/gate/server.ts')).href
  const document = gateUrl ? await fetchDocument(gateUrl) : await documentOf((await import(gate)).gateServer)
  fs.writeFileSync(file, await typesOf(document))
  console.log(`Written: ${path.relative(process.cwd(), file)}`)
  process.exit(0)
}
