import { type Html, html } from './html'

/** What a form shows again after it was sent. */
export interface FormView {
  /** What was typed, so that nothing but the card has to be typed again. */
  values: Record<string, string>
  /** What is wrong, by field name. */
  problems: Record<string, string>
}

interface Field {
  name: string
  label: string
  type?: string
  autocomplete?: string
  inputmode?: string
  placeholder?: string
  maxlength?: number
}

/** A labelled text field with its problem below it. */
export function field(view: FormView, { name, label, type = 'text', ...hints }: Field): Html {
  const problem = view.problems[name]
  const attributes = Object.entries(hints).map(([key, value]) => html` ${key}="${value}"`)
  return html`<div class="field"><label for="${name}">${label}</label><input id="${name}" name="${name}" type="${type}" value="${view.values[name] ?? ''}"${attributes}${problem && html` aria-invalid="true" aria-describedby="${name}-problem"`}>${problem && html`<p class="field-problem" id="${name}-problem">${problem}</p>`}</div>`
}

/** A box to tick. */
export const checkbox = (view: FormView, name: string, label: string) =>
  html`<label class="choice"><input type="checkbox" name="${name}" value="yes"${view.values[name] && html` checked`}> ${label}</label>`

/** The fields of a card. */
export function cardFields(view: FormView): Html {
  return html`${field(view, { name: 'card_number', label: 'Card number', autocomplete: 'cc-number', inputmode: 'numeric', placeholder: '1234 1234 1234 1234', maxlength: 23 })}
<div class="row">
${field(view, { name: 'expiry', label: 'Expiry', autocomplete: 'cc-exp', inputmode: 'numeric', placeholder: 'MM / YY', maxlength: 9 })}
${field(view, { name: 'cvc', label: 'CVC', autocomplete: 'cc-csc', inputmode: 'numeric', placeholder: '123', maxlength: 4 })}
</div>
${field(view, { name: 'name', label: 'Name on card', autocomplete: 'cc-name' })}`
}
