/** The FinOps Open Cost and Usage Specification (FOCUS) 1.3: daily costs in the words of finance people. docs/exports.md has the columns. */
import { formatMoney, money } from '@/lib/core/money'
import { addDays, nextMonth } from '@/lib/core/time'
import { type PriceBook, priceBook } from '../../prices'
import { type ModelRates, type TokenClass, tokenClasses } from '../../prices/rules'
import { printQuotient } from '../explain/rules'
import { dayStart, type UsageFilters, type ZonedMonth } from '../explorer/rules'
import { readNames } from '../explorer/store'
import { nilId } from '../rules'
import { type CsvValue, csvLines } from './csv'
import { divideCost } from './rules'
import { type DayRow, readDays } from './store'

export interface FocusAccount {
  accountId: string
  name: string
  currency: string
  timeZone: string
  months: ZonedMonth[]
}

/** What a row tells; the header is its names in this order. */
const columns: [string, (row: FocusRow) => CsvValue][] = [
  ['BilledCost', (row) => row.billed],
  ['BillingAccountId', (row) => row.account.accountId],
  ['BillingAccountName', (row) => row.account.name],
  ['BillingAccountType', () => 'Account'],
  ['BillingCurrency', (row) => row.account.currency.toUpperCase()],
  ['BillingPeriodEnd', (row) => row.periodEnd],
  ['BillingPeriodStart', (row) => row.periodStart],
  ['ChargeCategory', () => 'Usage'],
  ['ChargeClass', () => null],
  ['ChargeDescription', (row) => `${meters[row.tokenClass]} of ${row.modelName}, used on ${row.day.day}`],
  ['ChargeFrequency', () => 'Usage-Based'],
  ['ChargePeriodEnd', (row) => row.chargeEnd],
  ['ChargePeriodStart', (row) => row.chargeStart],
  ['ConsumedQuantity', (row) => row.tokens.toString()],
  ['ConsumedUnit', () => 'Tokens'],
  ['ContractedCost', (row) => row.list],
  ['ContractedUnitPrice', (row) => row.unitPrice],
  ['EffectiveCost', (row) => row.billed],
  ['HostProviderName', () => provider],
  ['InvoiceId', () => null],
  ['InvoiceIssuerName', () => provider],
  ['ListCost', (row) => row.list],
  ['ListUnitPrice', (row) => row.unitPrice],
  ['PricingCategory', () => 'Standard'],
  ['PricingQuantity', (row) => millions(row.tokens)],
  ['PricingUnit', () => '1000000 Tokens'],
  ['ProviderName', () => provider],
  ['PublisherName', () => provider],
  ['ResourceId', (row) => row.keyId],
  ['ResourceName', (row) => row.keyName],
  ['ResourceType', (row) => row.keyId && 'API Key'],
  ['ServiceCategory', () => 'AI and Machine Learning'],
  ['ServiceName', () => 'Model Inference'],
  ['ServiceProviderName', () => provider],
  ['ServiceSubcategory', () => 'Generative AI'],
  ['SkuId', (row) => `${row.day.model}/${row.tokenClass}`],
  ['SkuMeter', (row) => meters[row.tokenClass]],
  ['SkuPriceId', (row) => (row.unitPrice === null ? null : `${row.day.model}/${row.tokenClass}/${row.unitPrice}`)],
  ['SubAccountId', (row) => row.memberId],
  ['SubAccountName', (row) => row.memberName],
  ['SubAccountType', (row) => row.memberId && 'Member'],
  ['Tags', (row) => (row.day.tag === '' ? '{}' : JSON.stringify({ tag: row.day.tag }))],
]

const provider = 'Purse'

const meters: Record<TokenClass, string> = {
  input: 'Input Tokens',
  cached_input: 'Cached Input Tokens',
  output: 'Output Tokens',
}

interface FocusRow {
  account: FocusAccount
  day: DayRow
  tokenClass: TokenClass
  tokens: bigint
  billed: string
  list: string
  unitPrice: string | null
  modelName: string
  keyId: string | null
  keyName: string | null
  memberId: string | null
  memberName: string | null
  periodStart: string
  periodEnd: string
  chargeStart: string
  chargeEnd: string
}

/** Tokens in the unit of a price: exact, without a float. */
function millions(tokens: bigint): string {
  const fraction = (tokens % 1_000_000n).toString().padStart(6, '0').replace(/0+$/, '')
  return `${tokens / 1_000_000n}${fraction && `.${fraction}`}`
}

const batch = 1000

/** One line for each day, model, key, member, tag and class of tokens, from the rollup. */
export async function* focusLines(
  account: FocusAccount,
  range: { from: string; to: string; filters: UsageFilters },
): AsyncGenerator<string, void, undefined> {
  yield csvLines([columns.map(([name]) => name)])
  const prices = await priceBook()
  let after: DayRow | null = null
  for (;;) {
    const days: DayRow[] = await readDays(account.accountId, range, after, batch)
    if (days.length === 0) return
    const names = await namesIn(account.accountId, days)
    const rows = days.flatMap((day) => rowsOf(day, account, prices, names))
    if (rows.length > 0) yield csvLines(rows.map((row) => columns.map(([, tell]) => tell(row))))
    if (days.length < batch) return
    after = days.at(-1)!
  }
}

type Names = Record<'model' | 'key' | 'member', Map<string, string>>

async function namesIn(accountId: string, days: DayRow[]): Promise<Names> {
  const ids = (idOf: (day: DayRow) => string) => [...new Set(days.map(idOf))].filter((id) => id !== nilId)
  const [model, key, member] = await Promise.all([
    readNames(
      accountId,
      'model',
      ids((day) => day.model),
    ),
    readNames(
      accountId,
      'key',
      ids((day) => day.keyId),
    ),
    readNames(
      accountId,
      'member',
      ids((day) => day.memberId),
    ),
  ])
  return { model, key, member }
}

function rowsOf(day: DayRow, account: FocusAccount, prices: PriceBook, names: Names): FocusRow[] {
  const { months, timeZone, currency } = account
  const month = day.day.slice(0, 7)
  const at = (date: string) => dayStart(date, months, timeZone)
  const chargeEnd = at(addDays(day.day, 1))
  const rates: ModelRates | null = prices.findRates(day.model, new Date(chargeEnd.getTime() - 1))
  const tokens: Record<TokenClass, bigint> = {
    input: day.inputTokens - day.cachedInputTokens,
    cached_input: day.cachedInputTokens,
    output: day.outputTokens,
  }
  const uses = tokenClasses.map((tokenClass) => ({ tokens: tokens[tokenClass], rate: rates?.[tokenClass] ?? null }))
  const costs = divideCost(day.amount, day.events, uses)
  const keyId = day.keyId === nilId ? null : day.keyId
  const memberId = day.memberId === nilId ? null : day.memberId
  const shared = {
    account,
    day,
    modelName: names.model.get(day.model) ?? day.model,
    keyId,
    keyName: (keyId && names.key.get(keyId)) ?? null,
    memberId,
    memberName: (memberId && names.member.get(memberId)) ?? null,
    periodStart: at(`${month}-01`).toISOString(),
    periodEnd: at(`${nextMonth(month)}-01`).toISOString(),
    chargeStart: at(day.day).toISOString(),
    chargeEnd: chargeEnd.toISOString(),
  }
  return tokenClasses.flatMap((tokenClass, place) => {
    const { billed, list } = costs[place]!
    if (tokens[tokenClass] === 0n && billed === 0n) return []
    const rate = uses[place]!.rate
    const billedText = formatMoney(money(billed, currency))
    return {
      ...shared,
      tokenClass,
      tokens: tokens[tokenClass],
      billed: billedText,
      list: list ? printQuotient(list) : billedText,
      unitPrice: list && rate ? formatMoney(rate.amount) : null,
    }
  })
}
