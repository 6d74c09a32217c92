import { describe, expect, test } from 'vitest'
import type { ScenarioInput } from '@/lib/domain/forecast'
import { capHref, readWhatIf, topUpHref } from './what-if-query'

const current: ScenarioInput = {
  cap: '40.00',
  startingBalance: null,
  byHand: 'keep',
  creditLimit: null,
  plan: { isOn: true, minimum: '5.00', mode: 'amount', amount: '10.00', target: '50.00', monthlyLimit: '100.00' },
}
const paramsOf = (href: string) => Object.fromEntries(new URL(href, 'http://localhost').searchParams)

const readPrepaid = (params: Parameters<typeof readWhatIf>[0], locale: 'en' | 'de' = 'en') =>
  readWhatIf(params, current, locale, 'prepaid')

describe('the address of a simulation', () => {
  test('names nothing: the settings as they are', () => {
    expect(readPrepaid({ month: 'current', cards: 'x' })).toEqual({
      month: 'current',
      scenario: null,
      typed: {},
      malformed: [],
    })
  })

  test('amounts are read as the language writes them; empty is no limit', () => {
    const query = readPrepaid({ cap: '1.234,50', limit: '', start: '3', month: 'never' }, 'de')
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
    expect(readPrepaid({ ...wrong, topUp: 'on' })).toMatchObject({
      typed: wrong,
      malformed: ['cap', 'amount'],
    })
    expect(readPrepaid({ ...wrong, topUp: 'off' })).toMatchObject({
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
    const read = readPrepaid({ ...paramsOf(capHref(tried)), ...paramsOf(topUpHref(tried)) }, 'de')
    expect(read.scenario).toEqual(tried)
    expect(read.malformed).toEqual([])
  })
})

describe('of a post-paid account', () => {
  const read = (params: Parameters<typeof readWhatIf>[0]) => readWhatIf(params, current, 'en', 'postpaid')

  test('it names a credit limit, and zero is one; empty is as it was', () => {
    expect(read({ creditLimit: '1,500' }).scenario).toEqual({ ...current, creditLimit: '1500.00' })
    expect(read({ creditLimit: '0', start: '-20' }).scenario).toEqual({
      ...current,
      creditLimit: '0.00',
      startingBalance: '-20.00',
    })
    expect(read({ creditLimit: '', cap: '' }).scenario).toEqual({ ...current, cap: null })
    expect(read({ creditLimit: 'much' })).toMatchObject({ typed: { creditLimit: 'much' }, malformed: ['creditLimit'] })
  })

  test('auto top-up and purchases by hand are not tried, nor is a credit limit of a prepaid account', () => {
    expect(read({ topUp: 'off', minimum: 'x', amount: '1', byHand: 'drop', limit: '' })).toEqual({
      month: null,
      scenario: null,
      typed: {},
      malformed: [],
    })
    expect(readPrepaid({ creditLimit: '5' })).toMatchObject({ scenario: null, typed: {} })
  })
})
