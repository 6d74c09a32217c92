// Conveniences of the hosted page; everything works without them.
const byId = (id) => document.getElementById(id)
const cardNumber = byId('card_number')
const expiry = byId('expiry')

cardNumber?.addEventListener('input', () => {
  const digits = cardNumber.value.replace(/\D/g, '').slice(0, 19)
  const isAmex = /^3[47]/.test(digits)
  const groups = isAmex ? /^(\d{1,4})(\d{1,6})?(\d{1,5})?.*/ : null
  cardNumber.value = groups
    ? digits.replace(groups, (_, a, b, c) => [a, b, c].filter(Boolean).join(' '))
    : digits.replace(/(\d{4})(?=\d)/g, '$1 ')
})

expiry?.addEventListener('input', (event) => {
  if (event.inputType?.startsWith('delete')) return
  const digits = expiry.value.replace(/\D/g, '').slice(0, 4)
  expiry.value = digits.length >= 2 ? `${digits.slice(0, 2)} / ${digits.slice(2)}` : digits
})

for (const button of document.querySelectorAll('[data-test-card]')) {
  button.addEventListener('click', () => {
    const newCard = document.querySelector('input[name=payment_choice][value=new]')
    if (newCard) newCard.checked = true
    const year = (new Date().getFullYear() + 4) % 100
    cardNumber.value = button.dataset.testCard
    expiry.value = `12 / ${year}`
    byId('cvc').value = cardNumber.value.startsWith('3') ? '1234' : '123'
    if (!byId('name').value) byId('name').value = 'Test Cardholder'
    document.querySelector('button.primary').focus()
  })
}

for (const button of document.querySelectorAll('[data-test-account]')) {
  button.addEventListener('click', () => {
    const bank = document.querySelector('input[name=payment_choice][value=bank]')
    if (bank) bank.checked = true
    byId('routing_number').value = button.dataset.testRouting
    byId('account_number').value = button.dataset.testAccount
    if (!byId('account_holder').value) byId('account_holder').value = 'Test Holder'
    document.querySelector('button.primary').focus()
  })
}

// A double click must not send the form twice.
document.querySelector('.payment form, .payment-form form')?.addEventListener('submit', (event) => {
  const button = event.target.querySelector('button.primary')
  button.setAttribute('aria-busy', 'true')
  setTimeout(() => {
    button.disabled = true
  })
})
// Coming back with the browser's button shows the page as it was left.
window.addEventListener('pageshow', () => {
  const button = document.querySelector('button.primary')
  if (button) button.disabled = false
})
