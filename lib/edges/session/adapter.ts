/** What next-auth reads and writes about people, on our tables. */
import { PrismaAdapter } from '@next-auth/prisma-adapter'
import type { Adapter, AdapterAccount, AdapterSession, AdapterUser } from 'next-auth/adapters'
import { normalizeEmail } from '@/lib/core/email'
import { invariant } from '@/lib/core/errors'
import { prisma } from '@/lib/edges/db'
import { hashToken } from './current-user'
import { saveSignIn } from './store'
import { deviceHash, type Visit } from './visit'

/** Opens the person's account; the same person arriving twice at once is one person. Returns the user's id. */
export type SignUp = (person: { email: string; name: string | null }) => Promise<{ userId: string }>

/**
 * The Prisma adapter with three differences: `Account` is our paying customer, so sign-in methods are `AuthAccount`;
 * session tokens are stored as hashes; and a new user comes with an account, through `signUp`. A new session replaces
 * the one of `previousToken`, and knows the device that it began on.
 */
export function authAdapter(signUp: SignUp, previousToken: string | undefined, visit: Visit): Adapter {
  const db = prisma()
  const stock = PrismaAdapter({
    user: db.user,
    account: db.authAccount,
    session: db.session,
    verificationToken: db.verificationToken,
  } as never) as Required<Adapter>

  const getUser = async (id: string) => (await db.user.findUnique({ where: { id } })) as AdapterUser | null

  return {
    ...stock,

    async createUser({ email, name }: Omit<AdapterUser, 'id'>) {
      const { userId } = await signUp({ email: plainAddress(email), name: name ?? null })
      const user = await getUser(userId)
      invariant(user, 'a person who signed up has a user row')
      return user
    },

    getUserByEmail: async (email) => stock.getUserByEmail(plainAddress(email)),

    /** Only the link between the person and the provider: its tokens would be of use to a thief alone. */
    async linkAccount({ userId, type, provider, providerAccountId }: AdapterAccount) {
      await db.authAccount.upsert({
        where: { provider_providerAccountId: { provider, providerAccountId } },
        create: { userId, type, provider, providerAccountId },
        update: {},
      })
    },

    async createSession({ sessionToken, userId, expires }) {
      await db.$transaction([
        db.session.deleteMany({ where: { OR: [{ expires: { lte: new Date() } }, replacedBy(previousToken)] } }),
        db.session.create({ data: { sessionToken: hashToken(sessionToken), userId, expires } }),
      ])
      const tokenHash = hashToken(sessionToken)
      const { device, locale } = visit
      await saveSignIn({ userId, tokenHash, deviceHash: deviceHash(visit), device, locale, at: new Date() })
      visit.hasSignedIn = true
      return { sessionToken, userId, expires }
    },

    async getSessionAndUser(sessionToken) {
      const found = await stock.getSessionAndUser(hashToken(sessionToken))
      return found && { user: found.user, session: { ...found.session, sessionToken } }
    },

    async updateSession({ sessionToken, expires }: Partial<AdapterSession> & { sessionToken: string }) {
      if (expires) await db.session.updateMany({ where: { sessionToken: hashToken(sessionToken) }, data: { expires } })
      return null
    },

    async deleteSession(sessionToken) {
      await db.session.deleteMany({ where: { sessionToken: hashToken(sessionToken) } })
    },

    /** next-auth hands the token over as a hash already. */
    async createVerificationToken(token) {
      await db.verificationToken.deleteMany({ where: { expires: { lte: new Date() } } })
      return stock.createVerificationToken(token)
    },
  }
}

const replacedBy = (token: string | undefined) => ({ sessionToken: token ? hashToken(token) : '' })

function plainAddress(email: string): string {
  const address = normalizeEmail(email)
  invariant(address, 'an address is checked before it is looked up')
  return address
}
