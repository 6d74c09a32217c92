/** The charge of an event in SQL, as lib/domain/prices/rules.ts computes it: written apart, so that one checks the other. */

/** CTE `rates`: of each model the stretches of time with the rates in force, where all three classes have one. */
export const rates = `
  begun as (
    select model, begins, lead(begins, 1, 'infinity') over (partition by model order by begins) as ends
      from (select distinct model, effective_from as begins from prices) changes),
  rates as (
    select b.*, i.per_million as input, c.per_million as cached, o.per_million as output
      from begun b
      cross join lateral (select per_million from prices where model = b.model and token_class = 'input' and effective_from <= b.begins order by effective_from desc limit 1) i
      cross join lateral (select per_million from prices where model = b.model and token_class = 'cached_input' and effective_from <= b.begins order by effective_from desc limit 1) c
      cross join lateral (select per_million from prices where model = b.model and token_class = 'output' and effective_from <= b.begins order by effective_from desc limit 1) o)`

/** The price of the tokens of row `e` at the rates of row `r`, in nanos: exact, rounded once, half up. */
export const priceOf = (e: string, r: string): string =>
  `div((${e}.input_tokens - ${e}.cached_input_tokens)::numeric * ${r}.input + ${e}.cached_input_tokens::numeric * ${r}.cached + ${e}.output_tokens::numeric * ${r}.output + 500000, 1000000)`
