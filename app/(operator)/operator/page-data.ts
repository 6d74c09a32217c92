import { notFound } from 'next/navigation'
import { cache } from 'react'
import { operatorRoleOf } from '@/lib/domain/members'
import { mayOperate, type OperatorAction } from '@/lib/domain/members/rules'
import { requireActor } from '@/lib/edges/session'

/** The operator who looks, read once per request. For everybody else there is nothing here. Verbs check for themselves. */
export const readOperator = cache(async () => {
  const { actor, user } = await requireActor()
  const role = await operatorRoleOf(actor)
  if (role === null) notFound()
  return { actor, role, email: user.email, may: (action: OperatorAction) => mayOperate(role, action) }
})
