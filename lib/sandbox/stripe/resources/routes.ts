import type { Cause, World } from '../state/world'

/** One API call, checked and typed by the contract. */
export interface Call<P = Record<string, unknown>> {
  world: World
  cause: Cause
  /** Values of the placeholders in the path, e.g. `id`. */
  ids: Record<string, string>
  params: P
}

/** Answers a call with an API object or list; runs inside a transaction. */
// biome-ignore lint/suspicious/noExplicitAny: each handler names the parameters its own operation takes
export type Handler = (call: Call<any>) => object

/** Handlers by `METHOD /v1/path/{id}`, as in the contract. */
export type Routes = Record<string, Handler>
