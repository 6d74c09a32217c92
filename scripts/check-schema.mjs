// Compares prisma/schema with a database that prisma/migrations made. Prints the SQL that leads from the one to the other:
// nothing when they agree, the body of the next migration when the schema is ahead.
//   node --import tsx scripts/check-schema.mjs   uses a PostgreSQL of its own; exit code 0 they agree, 1 they do not
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils'
import { migrate } from '../lib/edges/db/migrate.ts'
import { startPostgres } from './postgres.mjs'
import { freePort } from './run/ports.mjs'
import { makeScratchFolder } from './run/scratch.mjs'

const schemaFolder = path.join(import.meta.dirname, '../prisma/schema')

// PostgreSQL's numbers for its types.
const oneByteChar = 18
const paddedChar = 1042

const folder = await makeScratchFolder()
const postgres = await startPostgres({ dataDirectory: path.join(folder, 'postgres'), port: await freePort() })
try {
  const url = postgres.url('postgres')
  await migrate(url)
  const sql = await difference(url)
  if (sql) console.log(sql)
  process.exitCode = sql ? 1 : 0
} finally {
  await postgres.stop()
  fs.rmSync(postgres.dataDirectory, { recursive: true, force: true })
  fs.rmSync(folder, { recursive: true, force: true })
}

/** The SQL that turns the database into what the schema says. */
async function difference(url) {
  const engine = await loadEngine(url)
  const { stdout } = await engine.diff({
    from: { tag: 'schemaDatasource', files: schemaFiles(), configDir: schemaFolder },
    to: { tag: 'schemaDatamodel', files: schemaFiles() },
    script: true,
    shadowDatabaseUrl: null,
    exitCode: null,
    filters: { externalTables: ['public._prisma_migrations'], externalEnums: [] },
  })
  const statements = (stdout ?? '').split('\n').filter((line) => line.trim() && !line.startsWith('--'))
  return statements.join('\n')
}

function schemaFiles() {
  const names = fs.readdirSync(schemaFolder).filter((name) => name.endsWith('.prisma'))
  return names.map((name) => {
    const file = path.join(schemaFolder, name)
    return { path: file, content: fs.readFileSync(file, 'utf8') }
  })
}

/** Prisma's schema engine as WebAssembly, loaded by hand: the package's own entry expects a bundler. */
async function loadEngine(url) {
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  const bindings = await import(entry)
  const program = fs.readFileSync(entry.replace(/\.js$/, '.wasm'))
  const { instance } = await WebAssembly.instantiate(program, { './schema_engine_bg.js': bindings })
  bindings.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => console.error(message) }
  const adapters = bindMigrationAwareSqlAdapterFactory(withCharColumns(new PrismaPg({ connectionString: url })))
  return bindings.SchemaEngine.new(
    { datamodels: schemaFiles().map(({ path: file, content }) => [file, content]) },
    () => {},
    adapters,
  )
}

/** PostgreSQL's one-byte "char", used in its catalogue, is unknown to the adapter; to the engine it is a character. */
function withCharColumns(factory) {
  const connect = factory.connect.bind(factory)
  factory.connect = async () => readingChars(await connect())
  return factory
}

function readingChars(connection) {
  const prototype = Object.getPrototypeOf(connection)
  connection.queryRaw = async (query) => {
    const places = []
    const reader = Object.create(connection)
    reader.performIO = async (request) => {
      const result = await prototype.performIO.call(connection, request)
      result.fields = result.fields.map((field, place) => {
        if (field.dataTypeID !== oneByteChar) return field
        places.push(place)
        return { name: field.name, dataTypeID: paddedChar }
      })
      return result
    }
    const answer = await prototype.queryRaw.call(reader, query)
    for (const place of places) answer.columnTypes[place] = ColumnTypeEnum.Character
    return answer
  }
  return connection
}
