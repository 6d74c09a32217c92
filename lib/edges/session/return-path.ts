/** Characters that browsers drop or turn into a slash, which would make a path an address. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const slippery = /[\x00-\x20\x7f\\]/

/**
 * The page to return to after signing in, as an absolute address of our own; the home page for anything else. Takes a
 * path, or an absolute address of `origin` (next-auth hands its own addresses through here as well).
 */
export function safeReturnUrl(asked: unknown, origin: string): string {
  const home = `${origin}/`
  if (typeof asked !== 'string' || asked.length > 2000 || slippery.test(asked)) return home
  const path = asked.startsWith(`${origin}/`) ? asked.slice(origin.length) : asked
  if (!path.startsWith('/') || path.startsWith('//')) return home
  const url = new URL(path, origin)
  const isOurs = url.origin === origin && !url.pathname.startsWith('//') && url.username === ''
  return isOurs ? url.href : home
}
