/** Rate limits: how fast an account may go. */
export { setRequestLimit } from './set-request-limit'
