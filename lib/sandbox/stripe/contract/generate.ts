/**
 * Derives the sandbox's contract from the installed `stripe` package, so that a new package version shows every changed
 * parameter and field as a failing test. After an upgrade, run `node --import tsx lib/sandbox/stripe/contract/generate.ts`
 * and format the file it writes, contract.json.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ExpandTrees } from './expand-trees'
import { readStripePackage } from './package-types'
import { ParameterShapes } from './parameter-shapes'
import { ResponseSchemasReader } from './response-schemas'
import type { Contract, JsonSchema, ResponseSchemas } from './types'

/** Reads the package once (a few seconds) and returns the contract served at run time and the schemas used by tests. */
export function generateContract(): { contract: Contract; schemas: ResponseSchemas } {
  const types = readStripePackage()
  const parameters = new ParameterShapes(types)
  const expandables = new ExpandTrees(types)
  const schemas = new ResponseSchemasReader(types)
  const responses: Record<string, JsonSchema> = {}

  const operations = types.methods.map((method) => {
    responses[`${method.method} ${method.path}`] = schemas.ofAnswer(method.returnedType, method.isList)
    return {
      method: method.method,
      path: method.path,
      parameters: parameters.of(method.parameterType),
      // Events are a union of one interface per event type, all with the same `object`.
      returns: method.path.startsWith('/v1/events') ? 'event' : expandables.add(method.returnedType),
      isList: method.isList,
    }
  })
  const merged = mergeEqualShapes({ operations, parameterShapes: parameters.named })
  const contract: Contract = {
    apiVersion: types.apiVersion,
    stripePackage: types.packageVersion,
    ...merged,
    expandTrees: { ...expandables.trees, event: {} },
  }
  return { contract, schemas: { responses, $defs: schemas.$defs } }
}

/** Many nested parameters are the same in create, update and confirm; each is kept once. */
function mergeEqualShapes<T extends Pick<Contract, 'operations' | 'parameterShapes'>>(given: T): T {
  const firstWith = new Map<string, string>()
  const replaced = new Map<string, string>()
  for (const [name, shape] of Object.entries(given.parameterShapes)) {
    const first = firstWith.get(JSON.stringify(shape))
    if (first) replaced.set(name, first)
    else firstWith.set(JSON.stringify(shape), name)
  }
  if (replaced.size === 0) return given
  const text = JSON.stringify(given, (key, value) => {
    if (key === 'ref') return replaced.get(value) ?? value
    if (key !== 'parameterShapes') return value
    return Object.fromEntries(Object.entries(value).filter(([name]) => !replaced.has(name)))
  })
  // Merging leaves may make their parents equal in turn.
  return mergeEqualShapes(JSON.parse(text))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = new URL('./contract.json', import.meta.url)
  writeFileSync(file, JSON.stringify(generateContract().contract, null, 2))
  process.stdout.write(`Wrote ${fileURLToPath(file)}\n`)
}
