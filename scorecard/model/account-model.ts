/**
 * What an account's money should be, worked out as simply as can be: in memory, without history, ledger or database. Written from
 * the rules of the product, not from the code that keeps them. All amounts are nano-dollars.
 */
export interface ModelGrant {
  isFree: boolean
  priority: number
  amount: bigint
  left: bigint
  /** By usage, by its end in time and by a debt that it paid; not by what was taken back. */
  used: bigint
  /** Milliseconds; Infinity: never. */
  expiresAt: number
}

interface Claim {
  kind: 'refund' | 'dispute'
  stance: 'taken' | 'frozen' | 'nothing'
  cents: bigint
  taken: bigint
  frozen: bigint
  gift: bigint
}

export interface ModelPurchase {
  totalCents: bigint
  paid: ModelGrant | null
  gift: ModelGrant | null
  /** Refunds first. */
  claims: Claim[]
  /** What each grant has given for its claims. */
  drawn: Map<ModelGrant, bigint>
}

export interface ModelHold {
  amount: bigint
  isOpen: boolean
  expiresAt: number
}

const cent = 10_000_000n
const least = (...amounts: bigint[]): bigint => amounts.reduce((a, b) => (a < b ? a : b))
const notBelowZero = (amount: bigint): bigint => (amount > 0n ? amount : 0n)

export class AccountModel {
  balance = 0n
  held = 0n
  spent = 0n
  cap: bigint | null = null
  /** In the order in which they were given. */
  readonly grants: ModelGrant[] = []
  readonly purchases: ModelPurchase[] = []
  readonly holds: ModelHold[] = []
  private hasTakenBackSinceBought = false

  constructor() {
    this.give({ isFree: true, priority: 100, amount: 100n * cent, expiresAt: Number.POSITIVE_INFINITY })
  }

  get available(): bigint {
    return this.balance - this.held
  }

  /** A new grant pays the debt first. */
  give(grant: Omit<ModelGrant, 'left' | 'used'>): ModelGrant {
    const debt = least(notBelowZero(-this.balance), grant.amount)
    const given = { ...grant, left: grant.amount - debt, used: debt }
    this.grants.push(given)
    this.balance += grant.amount
    return given
  }

  buy(cents: bigint, giftCents: bigint): void {
    const never = Number.POSITIVE_INFINITY
    const paidCents = cents - giftCents
    const bought = { isFree: false, priority: 100, amount: paidCents * cent, expiresAt: never }
    const given = { isFree: true, priority: 110, amount: giftCents * cent, expiresAt: never }
    const paid = paidCents > 0n ? this.give(bought) : null
    const gift = giftCents > 0n ? this.give(given) : null
    if (paid) this.hasTakenBackSinceBought = false
    this.purchases.push({ totalCents: paidCents, paid, gift, claims: [], drawn: new Map() })
  }

  topUp(amount: bigint): void {
    this.give({ isFree: false, priority: 100, amount, expiresAt: Number.POSITIVE_INFINITY })
    this.hasTakenBackSinceBought = false
  }

  use(amount: bigint): void {
    this.balance -= amount
    this.spent += amount
    for (const [grant, part] of this.burn(amount)) grant.used += part
  }

  /** What may still be promised. */
  get affordable(): bigint {
    const budget = this.cap === null ? this.available : this.cap - this.spent - this.held
    return notBelowZero(least(this.available, budget))
  }

  hold(amount: bigint, expiresAt: number): boolean {
    if (amount > this.affordable) return false
    this.held += amount
    this.holds.push({ amount, isOpen: true, expiresAt })
    return true
  }

  closeHold(hold: ModelHold, charged: bigint): void {
    if (hold.isOpen) this.held -= hold.amount
    hold.isOpen = false
    if (charged > 0n) this.use(charged)
  }

  /** Holds that are overdue let go of their credit; then what is free of grants whose time is over expires. */
  expire(at: number): void {
    for (const hold of this.holds) if (hold.isOpen && hold.expiresAt <= at) this.closeHold(hold, 0n)
    let free = notBelowZero(this.available)
    for (const grant of this.inBurnOrder().filter(({ expiresAt }) => expiresAt <= at)) {
      const expired = least(grant.left, free)
      grant.left -= expired
      grant.used += expired
      free -= expired
      this.balance -= expired
    }
  }

  /** Moves what the purchase's refunds and disputes, as they stand now, make different. */
  sync(purchase: ModelPurchase): void {
    const { claims } = purchase
    const wanted = this.targets(purchase)
    for (const [n, claim] of claims.entries()) {
      this.release(purchase, claim, least(claim.frozen, wanted[n]!.frozen))
      this.untake(purchase, claim, least(claim.taken, wanted[n]!.taken))
      this.ungift(purchase, claim, least(claim.gift, wanted[n]!.gift))
    }
    const { paid, gift } = purchase
    const frozen = claims.reduce((sum, claim) => sum + claim.frozen, 0n)
    const toTake = claims.reduce((sum, claim, n) => sum + notBelowZero(wanted[n]!.taken - claim.taken), 0n)
    let pool = notBelowZero((paid?.left ?? 0n) + frozen - toTake)
    const freezes = claims.map((_, n) => {
      const part = least(wanted[n]!.frozen, pool)
      pool -= part
      return part
    })
    for (const [n, claim] of claims.entries()) this.release(purchase, claim, least(claim.frozen, freezes[n]!))
    for (const [n, claim] of claims.entries()) {
      const [toGive, toTake] = [wanted[n]!.gift - claim.gift, wanted[n]!.taken - claim.taken]
      if (gift) this.take(purchase, gift, toGive)
      if (paid) this.take(purchase, paid, toTake)
      if (paid && toTake > 0n) this.hasTakenBackSinceBought = true
      claim.gift += toGive
      claim.taken += toTake
    }
    for (const [n, claim] of claims.entries()) {
      const part = paid ? least(notBelowZero(freezes[n]! - claim.frozen), paid.left) : 0n
      if (part === 0n) continue
      this.take(purchase, paid!, part)
      claim.frozen += part
    }
  }

  /** What an automatic charge would take now, with steps of `step` below `minimum`; nothing when none is made. */
  topUpDue({ minimum, step, smallest }: { minimum: bigint; step: bigint; smallest: bigint }): bigint {
    if (this.available > minimum && this.available >= cent) return 0n
    if (this.balance < 0n && this.hasTakenBackSinceBought) return 0n
    const wanted = ((minimum - this.available) / step + 1n) * step
    if (this.cap === null) return wanted
    // A debt may be paid whatever the cap: beyond it, only what the cap still lets the account use is bought.
    const room = notBelowZero(notBelowZero(this.cap - this.spent - this.held) - this.available)
    const inCents = room - (room % cent)
    return inCents < smallest ? 0n : least(wanted, inCents)
  }

  private targets({ totalCents, paid, gift, claims }: ModelPurchase) {
    let before = 0n
    const returned = claims.reduce((sum, claim) => sum + claim.gift, 0n)
    const unused = (gift?.amount ?? 0n) - (gift?.used ?? 0n)
    let returnable = unused > returned ? unused : returned
    const partOf = (whole: bigint, cents: bigint) => (whole * least(cents, totalCents)) / totalCents
    return claims.map(({ stance, cents }) => {
      if (stance === 'nothing') return { taken: 0n, frozen: 0n, gift: 0n }
      const after = before + cents
      const credit = partOf(paid?.amount ?? 0n, after) - partOf(paid?.amount ?? 0n, before)
      const given = partOf(gift?.amount ?? 0n, after) - partOf(gift?.amount ?? 0n, before)
      before = after
      if (stance === 'frozen') return { taken: 0n, frozen: credit, gift: 0n }
      const part = least(given, returnable)
      returnable -= part
      return { taken: credit, frozen: 0n, gift: part }
    })
  }

  /** Takes back in full: from the grant that brought it, then from other credit, then as a debt. */
  private take({ drawn }: ModelPurchase, own: ModelGrant, amount: bigint): void {
    if (amount <= 0n) return
    const part = least(amount, own.left)
    own.left -= part
    this.balance -= amount
    for (const [grant, given] of [[own, part] as const, ...this.burn(amount - part)]) {
      drawn.set(grant, (drawn.get(grant) ?? 0n) + given)
    }
  }

  private release(purchase: ModelPurchase, claim: Claim, most: bigint): void {
    this.giveBack(purchase, claim.frozen - most, [])
    claim.frozen = most
  }

  private untake(purchase: ModelPurchase, claim: Claim, most: bigint): void {
    const amount = claim.taken - most
    claim.taken = most
    this.giveBack(purchase, amount, this.lendersOf(purchase))
  }

  private ungift(purchase: ModelPurchase, claim: Claim, most: bigint): void {
    const amount = claim.gift - most
    claim.gift = most
    this.giveBack(purchase, amount, this.lendersOf(purchase))
  }

  /** Other grants, the last to burn first, with what they gave; the gift, with what it gave beyond what is returned of it. */
  private lendersOf({ paid, gift, claims, drawn }: ModelPurchase): [ModelGrant, bigint][] {
    const returned = claims.reduce((sum, claim) => sum + claim.gift, 0n)
    return this.inBurnOrder()
      .reverse()
      .filter((grant) => grant !== paid)
      .map((grant) => [grant, (drawn.get(grant) ?? 0n) - (grant === gift ? returned : 0n)])
  }

  /** The debt is paid first, then the lenders get theirs, then the purchase has its own again; nobody more than it lacks. */
  private giveBack({ paid, drawn }: ModelPurchase, amount: bigint, lenders: [ModelGrant, bigint][]): void {
    if (amount <= 0n) return
    let rest = amount - least(notBelowZero(-this.balance), amount)
    this.balance += amount
    const others = this.inBurnOrder().reverse()
    for (const [grant, most] of [...lenders, ...[paid!, ...others].map((each) => [each, rest] as const)]) {
      const part = notBelowZero(least(rest, most, grant.amount - grant.left))
      grant.left += part
      rest -= part
      drawn.set(grant, (drawn.get(grant) ?? 0n) - part)
    }
  }

  private burn(amount: bigint): [ModelGrant, bigint][] {
    let rest = amount
    return this.inBurnOrder().flatMap((grant): [ModelGrant, bigint][] => {
      const part = least(rest, grant.left)
      grant.left -= part
      rest -= part
      return part > 0n ? [[grant, part]] : []
    })
  }

  /** Lower priority number, soonest expiry, free before paid, oldest. */
  private inBurnOrder(): ModelGrant[] {
    const order = (grant: ModelGrant) => [
      grant.priority,
      grant.expiresAt,
      grant.isFree ? 0 : 1,
      this.grants.indexOf(grant),
    ]
    return [...this.grants].sort((a, b) => {
      const [left, right] = [order(a), order(b)]
      const place = left.findIndex((value, n) => value !== right[n])
      return place === -1 ? 0 : left[place]! < right[place]! ? -1 : 1
    })
  }
}
