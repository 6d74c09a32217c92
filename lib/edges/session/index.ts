/**
 * Sessions: who is signed in, and how one signs in.
 *
 * For the sign-in pages. `/sign-in` is reached with `from` or `callbackUrl` (where to go afterwards, checked on the
 * server) and `error` (one of signInErrors). A form posts `email` and `callbackUrl` to /api/auth/signin/email, or
 * `callbackUrl` to /api/auth/signin/github and …/google; signing out posts to /api/auth/signout. With `json: "true"` the
 * answer is `{ url }` to go to, or a problem; without it, a redirect. `/sign-in/confirm` is where the mailed link leads,
 * with `callbackUrl`, `token` and `email`: the page shows a form (method get, action /api/auth/callback/email) that
 * carries the three as hidden fields. Its button must not be a prefetching link: the first visit uses the token up.
 */
export type { SignUp } from './adapter'
export { clientIp, deviceOf } from './client-ip'
export { readCookies, userOfRequest } from './current-user'
export { currentUser, requireActor, requireUser } from './pages'
export { configuredProviders } from './providers'
export { safeReturnUrl } from './return-path'
export { type AuthAnswer, type AuthCall, answerAuthCall } from './sign-in'
export type { SignedInUser } from './store'
