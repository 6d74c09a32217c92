import { prisma } from '@/lib/edges/db'

export interface SignedInUser {
  userId: string
  email: string
  name: string | null
}

/** The user of a session that has not ended, by the hash of its token. */
export async function readSessionUser(tokenHash: string, at: Date): Promise<SignedInUser | null> {
  const session = await prisma().session.findUnique({
    where: { sessionToken: tokenHash },
    select: { expires: true, user: { select: { id: true, email: true, name: true } } },
  })
  if (!session || session.expires <= at) return null
  return { userId: session.user.id, email: session.user.email, name: session.user.name }
}

/** The account that the user belongs to for the longest. */
export async function readFirstAccountId(userId: string): Promise<string | null> {
  const membership = await prisma().membership.findFirst({
    where: { userId },
    orderBy: [{ createdAt: 'asc' }, { accountId: 'asc' }],
    select: { accountId: true },
  })
  return membership?.accountId ?? null
}
