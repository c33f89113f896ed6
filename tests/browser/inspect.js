// What axe finds. Contrast is what costs it its time, so that is asked of one element of each look only: whatever looks
// the same has the same contrast.

async function inspect (parts) {
  const contrast = ['color-contrast'], found = []
  const run = async (context, options) => found.push(...(await axe.run(context, { resultTypes: ['violations'], ...options })).violations)
  if (parts.includes('structure')) await run(document, { rules: { 'color-contrast': { enabled: false } } })
  if (parts.includes('contrast')) await run({ include: looks() }, { runOnly: contrast })
  return found
}

function looks () {
  const found = new Map(), known = new Map()
  for (const element of document.body.querySelectorAll('*')) {
    const written = [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim())
    if (!written && !element.matches('input, select, textarea')) continue
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || !element.getClientRects().length) continue
    const { color, fontSize, fontWeight } = getComputedStyle(element)
    const look = [color, fontSize, fontWeight, surroundings(element, known)].join('|')
    if (!found.has(look)) found.set(look, element)
  }
  return [...found.values()]
}

function surroundings (element, known) {
  if (!element) return ''
  if (!known.has(element)) {
    const { backgroundColor, backgroundImage, opacity } = getComputedStyle(element)
    const disabled = element.matches(':disabled, [aria-disabled=true]') || element.control?.disabled
    const own = [element.tagName, element.className, disabled, backgroundColor, backgroundImage, opacity]
    known.set(element, [...own, surroundings(element.parentElement, known)].join('|'))
  }
  return known.get(element)
}
