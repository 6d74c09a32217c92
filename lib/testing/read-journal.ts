/** Small readers of hledger's and beancount's formats, as strict as the tools: for tests of what we export to them. */

export interface ReadJournal {
  entries: {
    day: string
    description: string
    facts: Record<string, string>
    postings: { account: string; nanos: bigint }[]
  }[]
  assertions: number
  /** Of each account by itself, in nanos. */
  balances: Map<string, bigint>
}

const amountPattern = '(-?\\d+\\.\\d{9}) ([A-Z]{3})'

function nanosOf(text: string): bigint {
  const [, sign, whole, fraction] = /^(-?)(\d+)\.(\d{9})$/.exec(text)!
  const nanos = BigInt(whole!) * 1_000_000_000n + BigInt(fraction!)
  return sign ? -nanos : nanos
}

class Books implements ReadJournal {
  readonly entries: ReadJournal['entries'] = []
  assertions = 0
  readonly balances = new Map<string, bigint>()
  readonly declared = new Set<string>()
  currency = ''

  post(account: string, amount: string, currency: string): bigint {
    if (!this.declared.has(account)) throw new Error(`account ${account} is not declared`)
    if (currency !== this.currency) throw new Error(`commodity ${currency} is not declared`)
    const nanos = nanosOf(amount)
    this.balances.set(account, (this.balances.get(account) ?? 0n) + nanos)
    return nanos
  }

  /** The account with all of its parts. */
  assert(account: string, amount: string): void {
    const parts = [...this.balances].filter(([name]) => name === account || name.startsWith(`${account}:`))
    const total = parts.reduce((sum, [, nanos]) => sum + nanos, 0n)
    if (total !== nanosOf(amount)) throw new Error(`${account} is ${total}, asserted ${amount}`)
    this.assertions += 1
  }

  begin(day: string, description: string) {
    const before = this.entries.at(-1)
    if (before) this.end()
    const entry = { day, description, facts: {}, postings: [] } as ReadJournal['entries'][number]
    this.entries.push(entry)
    return entry
  }

  end(): void {
    const entry = this.entries.at(-1)
    const total = entry?.postings.reduce((sum, { nanos }) => sum + nanos, 0n) ?? 0n
    if (total !== 0n) throw new Error(`entry ${entry?.facts.seq} does not balance: ${total}`)
  }
}

/** Reads an hledger journal of what we write. Throws where it is malformed, does not balance or an assertion fails. */
export function readHledger(text: string): ReadJournal {
  const books = new Books()
  let entry: ReadJournal['entries'][number] | null = null
  // Strict checks look at declarations wherever they stand.
  for (const [, account] of text.matchAll(/^account (\S+)$/gm)) books.declared.add(account!)
  for (const line of text.split('\n')) {
    const begins = /^(\d{4}-\d{2}-\d{2}) \* \((\d+)\) ([a-z_]+)$/.exec(line)
    const commodity = /^commodity 1000\.000000000 ([A-Z]{3})$/.exec(line)
    const fact = /^ {4}; ([a-z]+): ([^,]*)$/.exec(line)
    const posting = new RegExp(`^ {4}(\\S+) {2}${amountPattern}(?: =\\* ${amountPattern})?$`).exec(line)
    if (commodity) books.currency = commodity[1]!
    else if (begins) {
      if (entry && begins[1]! < entry.day) throw new Error(`${begins[1]} comes after ${entry.day}`)
      entry = books.begin(begins[1]!, begins[3]!)
    } else if (fact && entry) entry.facts[fact[1]!] = decodeURIComponent(fact[2]!)
    else if (posting && entry) {
      const [, account, amount, currency, asserted] = posting
      entry.postings.push({ account: account!, nanos: books.post(account!, amount!, currency!) })
      if (asserted) books.assert(account!, asserted)
    } else if (line !== '' && !/^(;|account )/.test(line)) throw new Error(`not a line of a journal: ${line}`)
  }
  books.end()
  return books
}

/** The same of a beancount file. Balances are asserted at the beginning of their day. */
export function readBeancount(text: string): ReadJournal {
  const books = new Books()
  let entry: ReadJournal['entries'][number] | null = null
  for (const line of text.split('\n')) {
    const begins = /^(\d{4}-\d{2}-\d{2}) \* "([a-z_]+)"$/.exec(line)
    const opens = /^(\d{4}-\d{2}-\d{2}) open ([A-Z][A-Za-z0-9-]*(?::[A-Z0-9][A-Za-z0-9-]*)+) ([A-Z]{3})$/.exec(line)
    const commodity = /^1970-01-01 commodity ([A-Z]{3})$/.exec(line)
    const balance = /^(\d{4}-\d{2}-\d{2}) balance (\S+) {2}(-?\d+\.\d{9}) ~ 0\.000000000 ([A-Z]{3})$/.exec(line)
    const fact = /^ {2}([a-z]+): (?:(\d+)|"((?:[^"\\]|\\["\\])*)")$/.exec(line)
    const posting = new RegExp(`^ {2}(\\S+) {2}${amountPattern}$`).exec(line)
    if (commodity) books.currency = commodity[1]!
    else if (opens) {
      if (books.declared.has(opens[2]!)) throw new Error(`${opens[2]} is opened twice`)
      books.declared.add(opens[2]!)
    } else if (balance) {
      if (entry && balance[1]! <= entry.day)
        throw new Error(`the balance of ${balance[1]} comes after an entry of ${entry.day}`)
      books.assert(balance[2]!, balance[3]!)
    } else if (begins) {
      if (entry && begins[1]! < entry.day) throw new Error(`${begins[1]} comes after ${entry.day}`)
      entry = books.begin(begins[1]!, begins[2]!)
    } else if (fact && entry) entry.facts[fact[1]!] = fact[2] ?? fact[3]!.replaceAll(/\\(["\\])/g, '$1')
    else if (posting && entry) {
      entry.postings.push({ account: posting[1]!, nanos: books.post(posting[1]!, posting[2]!, posting[3]!) })
    } else if (line !== '' && !/^(;|option )/.test(line)) throw new Error(`not a line of beancount: ${line}`)
  }
  books.end()
  return books
}
