export interface LoggedRequest {
  id: string
  method: string
  path: string
  status: number
  idempotencyKey: string | null
  at: string
}

const keptRequests = 500

/** The last requests, which the `request_log_url` of an error points into. */
export class RequestLog {
  private readonly requests = new Map<string, LoggedRequest>()

  add(request: LoggedRequest): void {
    this.requests.set(request.id, request)
    if (this.requests.size > keptRequests) this.requests.delete(this.requests.keys().next().value!)
  }

  get(id: string): LoggedRequest | undefined {
    return this.requests.get(id)
  }
}
