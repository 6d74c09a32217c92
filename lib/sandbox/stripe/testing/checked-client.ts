import { Ajv, type ValidateFunction } from 'ajv'
import Stripe from 'stripe'
import { generateContract } from '../contract/generate'
import type { Contract, ResponseSchemas } from '../contract/types'

/** Checks every answer the client gets against the types of the client itself. */
export class ContractChecker {
  /** What broke the contract, one sentence each. */
  readonly violations: string[] = []
  /** `METHOD path` of every operation answered with success. */
  readonly answered = new Set<string>()
  readonly contract: Contract
  private readonly responses: ResponseSchemas['responses']
  private readonly validators = new Map<string, ValidateFunction>()
  private readonly ajv = new Ajv({ strict: false, allErrors: true })

  /** `isStrict` also refuses fields the client does not know; Stripe itself may send some. */
  constructor(isStrict: boolean) {
    const { contract, schemas } = generateContract()
    this.contract = contract
    // One shared set of definitions, so that each type is compiled once and not once per operation.
    const text = JSON.stringify(schemas).replaceAll('#/$defs/', 'stripe#/$defs/')
    const { responses, $defs } = JSON.parse(isStrict ? text : text.replaceAll('"additionalProperties":false', '"x":0'))
    this.responses = responses
    this.ajv.addSchema({ $id: 'stripe', $defs })
  }

  check(method: string, path: string, status: number, body: string, headers: Headers): void {
    const call = `${method} ${path}`
    if (!headers.get('request-id')) this.violations.push(`${call}: no request-id`)
    if (!headers.get('stripe-version')) this.violations.push(`${call}: no stripe-version`)
    if (status >= 400) {
      this.checkError(call, body)
      return
    }
    const operation = this.contract.operations.find(
      (candidate) =>
        candidate.method === method && new RegExp(`^${candidate.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
    )
    if (!operation) {
      this.violations.push(`${call}: an operation outside the contract was answered`)
      return
    }
    const name = `${method} ${operation.path}`
    this.answered.add(name)
    const validate = this.validatorOf(name)
    if (validate(JSON.parse(body))) return
    for (const error of (validate.errors ?? []).slice(0, 5)) {
      this.violations.push(`${call}: ${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`)
    }
  }

  private checkError(call: string, body: string): void {
    const { error } = JSON.parse(body)
    const types = ['api_error', 'card_error', 'idempotency_error', 'invalid_request_error']
    if (!types.includes(error?.type) || !error.message || !error.request_log_url) {
      this.violations.push(`${call}: not an error as Stripe shapes it: ${body}`)
    }
    if (error?.code && !error.doc_url) this.violations.push(`${call}: a code without doc_url`)
  }

  private validatorOf(name: string): ValidateFunction {
    let validate = this.validators.get(name)
    if (!validate) {
      validate = this.ajv.compile(this.responses[name]!)
      this.validators.set(name, validate)
    }
    return validate
  }
}

/** The official client with only its host changed, every answer checked on its way. */
export function checkedClient(apiKey: string, url: string | null, checker: ContractChecker): Stripe {
  const httpClient = Stripe.createFetchHttpClient(async (input: RequestInfo | URL, init?: RequestInit) => {
    const answer = await fetch(input, init)
    const { pathname } = new URL(String(input))
    checker.check(init?.method ?? 'GET', pathname, answer.status, await answer.clone().text(), answer.headers)
    return answer
  })
  const where = url ? { host: new URL(url).hostname, port: Number(new URL(url).port), protocol: 'http' as const } : {}
  return new Stripe(apiKey, { ...where, httpClient, telemetry: false, maxNetworkRetries: 0 })
}
