import { invariant } from '@/lib/core/errors'
import { add, isMore, type Money, subtract } from '@/lib/core/money'
import { type BudgetState, turned } from '../budgets'
import type { UsageFacts } from '../usage/rules'

/** Whose usage a request is, within its account. */
export type UsageSubject = Pick<UsageFacts, 'keyId' | 'memberId'>

/**
 * The budgets of an account's keys and members that a batch of requests may touch, while the account is locked: each with the
 * period of this moment, changed in memory as the requests are decided.
 */
export class SubjectBudgets {
  private readonly bySubject = new Map<string, BudgetState[]>()
  private readonly held = new Set<BudgetState>()
  private readonly spent = new Set<BudgetState>()

  /** `timeZone`: of the account's month, in which the next period of each of them runs. */
  constructor(budgets: BudgetState[], at: Date, timeZone: string) {
    for (const budget of budgets) {
      const current = { ...turned({ ...budget, nextTimeZone: timeZone }, at) }
      const name = `${budget.scope}/${budget.subjectId}`
      const ofSubject = this.bySubject.get(name)
      if (ofSubject) ofSubject.push(current)
      else this.bySubject.set(name, [current])
    }
  }

  /** Those that limit a subject: its key's and its member's. */
  of({ keyId, memberId }: UsageSubject): BudgetState[] {
    if (this.bySubject.size === 0) return []
    return [...(this.bySubject.get(`key/${keyId}`) ?? []), ...(this.bySubject.get(`member/${memberId}`) ?? [])]
  }

  /** A hold of the subject sets `amount` aside. */
  hold(subject: UsageSubject, amount: Money): void {
    for (const budget of this.of(subject)) {
      budget.held = add(budget.held, amount)
      this.held.add(budget)
    }
  }

  /** A hold of the subject gives `amount` back. */
  free(subject: UsageSubject, amount: Money): void {
    for (const budget of this.of(subject)) {
      invariant(!isMore(amount, budget.held), 'a budget has no less held than is freed of it')
      budget.held = subtract(budget.held, amount)
      this.held.add(budget)
    }
  }

  /** Usage of the subject cost `amount`. */
  spend(subject: UsageSubject, amount: Money): void {
    for (const budget of this.of(subject)) {
      budget.spent = add(budget.spent, amount)
      this.spent.add(budget)
    }
  }

  /** Those whose held credit changed. */
  get changedHeld(): BudgetState[] {
    return [...this.held]
  }

  /** Those whose period changed. */
  get changedSpent(): BudgetState[] {
    return [...this.spent]
  }
}
