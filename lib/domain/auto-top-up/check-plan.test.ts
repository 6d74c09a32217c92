import { expect, test } from 'vitest'
import { Refusal } from '@/lib/core/errors'
import { formatMoney, parseMoney } from '@/lib/core/money'
import { checkPlan, type PlanInput } from './check-plan'

const largest = parseMoney('5000.00')
const aPlan = (changes: Partial<PlanInput> = {}): PlanInput => ({
  isOn: true,
  minimum: '5.00',
  mode: 'amount',
  amount: '25.00',
  target: '50.00',
  monthlyLimit: '100.00',
  ...changes,
})

const refusalOf = (changes: Partial<PlanInput>) => {
  try {
    checkPlan(aPlan(changes), largest)
  } catch (error) {
    if (error instanceof Refusal) return `${error.code} ${error.facts.field}`
    throw error
  }
  return null
}

test.each([
  [{}, null],
  [{ monthlyLimit: null }, null],
  [{ minimum: '0' }, null],
  [{ minimum: '-1.00' }, 'invalid_amount minimum'],
  [{ minimum: '1.005' }, 'invalid_amount minimum'],
  [{ minimum: 'abc' }, 'invalid_amount minimum'],
  [{ minimum: '5000.01' }, 'amount_too_large minimum'],
  [{ amount: '4.99' }, 'amount_too_small amount'],
  [{ amount: '5000.01' }, 'amount_too_large amount'],
  [{ amount: '' }, 'invalid_amount amount'],
  [{ mode: 'target', target: '9.99' }, 'amount_too_small target'],
  [{ mode: 'target', target: '10.00' }, null],
  [{ mode: 'target', target: '5000.01' }, 'amount_too_large target'],
  [{ mode: 'target', target: '1e3' }, 'invalid_amount target'],
  [{ mode: 'target', amount: 'nonsense' }, null],
  [{ mode: 'amount', target: 'nonsense' }, null],
  [{ monthlyLimit: '4.99' }, 'amount_too_small monthlyLimit'],
  [{ monthlyLimit: 'x' }, 'invalid_amount monthlyLimit'],
] satisfies [Partial<PlanInput>, string | null][])('%o: %s', (changes, refusal) => {
  expect(refusalOf(changes)).toBe(refusal)
})

test('the way of buying that is not chosen is kept as far as it makes sense', () => {
  const plan = checkPlan(aPlan({ minimum: '60.00', target: '50.00' }), largest)
  expect(formatMoney(plan.target)).toBe('65.00')
  expect(formatMoney(checkPlan(aPlan({ mode: 'target', amount: '1.00' }), largest).amount)).toBe('5.00')
})
