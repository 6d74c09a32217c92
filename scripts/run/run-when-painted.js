// Within every page, before its scripts (paint-first.mjs puts it there): lets them run once the page is whole and has been painted,
// and keeps what a person does meanwhile.
{
  // A page counts as loaded only when its scripts are there as well: an open document in it sees to that.
  const held = document.createElement('iframe')
  held.hidden = true
  document.head.append(held)
  held.contentDocument?.open()

  const run = () => {
    for (const link of document.querySelectorAll('link[data-script]')) {
      const script = document.createElement('script')
      script.async = true
      script.nonce = link.nonce
      script.setAttribute('src', link.getAttribute('href'))
      link.replaceWith(script)
    }
    held.remove()
  }
  let waitsFor = 2
  const come = () => {
    waitsFor -= 1
    if (waitsFor === 0) run()
  }
  document.addEventListener('DOMContentLoaded', () => {
    come()
    // A page that nobody sees is not painted, and a browser may not tell.
    setTimeout(run, document.hidden ? 0 : 1000)
  })
  new PerformanceObserver((list, observer) => {
    if (list.getEntriesByName('first-contentful-paint').length === 0) return
    observer.disconnect()
    come()
  }).observe({ type: 'paint', buffered: true })

  // What a person types and presses before the scripts listen is done when they do, in its order.
  const typed = new Map()
  const pressed = []
  const choice = 'input[type=checkbox], input[type=radio]'
  const keepTyped = ({ target }) => {
    if (!target.matches(`${choice}, [type=file]`)) typed.set(target, target.value)
  }
  const keepPressed = (event) => {
    const control = event.target.closest(`button, ${choice}`)
    // The browser itself opens menus, and sends forms that have an address.
    if (!control || control.hasAttribute('popovertarget') || control.closest('form[action]')) return
    event.preventDefault()
    // Impatience is not a second order.
    if (!pressed.includes(control) || control.matches(choice)) pressed.push(control)
  }
  document.addEventListener('input', keepTyped, true)
  document.addEventListener('click', keepPressed, true)
  const pressNext = () => {
    pressed.shift()?.click()
    if (pressed.length > 0) setTimeout(pressNext)
  }
  const catchUp = () => {
    for (const [field, value] of typed) {
      // Emptied as a page does it, and set as a person does: React remembers the first, and hears of the second.
      field.value = ''
      Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value').set.call(field, value)
      field.dispatchEvent(new Event('input', { bubbles: true }))
      field.dispatchEvent(new Event('change', { bubbles: true }))
    }
    // When the page knows of what was typed.
    setTimeout(pressNext)
  }
  const listens = () => {
    document.removeEventListener('input', keepTyped, true)
    document.removeEventListener('click', keepPressed, true)
    setTimeout(catchUp)
  }
  document.addEventListener('purse-listens', listens, { once: true })
}
