// Where a key belongs to what is being typed, and must not act on the page.

/** The shell focuses it from anywhere; the search page has it. */
export const SEARCH_BOX_ID = 'search-box'

const TYPED_INTO =
  'input, textarea, select, [contenteditable="true"], [role="combobox"], [role="dialog"], [role="menu"]'

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(TYPED_INTO) !== null
}
