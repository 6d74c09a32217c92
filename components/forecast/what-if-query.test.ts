import { describe, expect, test } from 'vitest'
import type { ScenarioInput } from '@/lib/domain/forecast'
import { capHref, readWhatIf, topUpHref } from './what-if-query'

const current: ScenarioInput = {
  cap: '40.00',
  startingBalance: null,
  byHand: 'keep',
  plan: { isOn: true, minimum: '5.00', mode: 'amount', amount: '10.00', target: '50.00', monthlyLimit: '100.00' },
}
const paramsOf = (href: string) => Object.fromEntries(new URL(href, 'http://localhost').searchParams)

describe('the address of a simulation', () => {
  test('names nothing: the settings as they are', () => {
    expect(readWhatIf({ month: 'current', cards: 'x' }, current, 'en')).toEqual({
      month: 'current',
      scenario: null,
      typed: {},
      malformed: [],
    })
  })

  test('amounts are read as the language writes them; empty is no limit', () => {
    const query = readWhatIf({ cap: '1.234,50', limit: '', start: '3', month: 'never' }, current, 'de')
    expect(query.month).toBeNull()
    expect(query.scenario).toEqual({
      ...current,
      cap: '1234.50',
      startingBalance: '3.00',
      plan: { ...current.plan, monthlyLimit: null },
    })
  })

  test('what is no amount is named and shown again, and what is switched off cannot be wrong', () => {
    const wrong = { cap: 'lots', amount: '12,3456' }
    expect(readWhatIf({ ...wrong, topUp: 'on' }, current, 'en')).toMatchObject({
      typed: wrong,
      malformed: ['cap', 'amount'],
    })
    expect(readWhatIf({ ...wrong, topUp: 'off' }, current, 'en')).toMatchObject({
      scenario: { plan: { ...current.plan, isOn: false } },
      malformed: ['cap'],
    })
  })

  test('links to the settings carry the values there', () => {
    const tried: ScenarioInput = {
      ...current,
      cap: null,
      plan: { ...current.plan, mode: 'target', target: '75.00', monthlyLimit: null },
    }
    const read = readWhatIf({ ...paramsOf(capHref(tried)), ...paramsOf(topUpHref(tried)) }, current, 'de')
    expect(read.scenario).toEqual(tried)
    expect(read.malformed).toEqual([])
  })
})
