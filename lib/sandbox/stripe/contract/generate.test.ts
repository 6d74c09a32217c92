import { expect, test } from 'vitest'
import { allRoutes } from '../resources/all-routes'
import committed from './contract.json' with { type: 'json' }
import { generateContract } from './generate'

test('the committed contract is what the installed client says', { timeout: 60_000 }, () => {
  expect(JSON.parse(JSON.stringify(generateContract().contract))).toEqual(committed)
})

test('every operation of the contract is served, and nothing else', () => {
  const operations = committed.operations.map(({ method, path }) => `${method} ${path}`)
  expect(Object.keys(allRoutes).sort()).toEqual(operations.sort())
})
