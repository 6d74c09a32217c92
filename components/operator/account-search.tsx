import { Button } from '../ui/button'
import { Checkbox, Field, Input } from '../ui/field'

/** A plain form: what is searched stands in the address and can be shared. */
export function AccountSearch({ search, needsAttention }: { search: string; needsAttention: boolean }) {
  return (
    <form action="/operator" method="get" className="flex flex-wrap items-end gap-x-4 gap-y-3">
      <Field label="Name, address or id" className="w-full sm:w-80">
        {(control) => <Input {...control} type="search" name="q" defaultValue={search} autoComplete="off" />}
      </Field>
      <div className="flex min-h-9 items-center max-lg:min-h-11">
        <Checkbox name="attention" value="1" defaultChecked={needsAttention} label="Only what needs a person" />
      </div>
      <Button type="submit">Search</Button>
    </form>
  )
}
