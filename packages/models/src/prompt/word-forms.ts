// Prompt text in, lower-case words out, and a word's singular. English only, as the default encoder is.

const IRREGULAR: Readonly<Record<string, string>> = {
  people: 'person',
  persons: 'person',
  men: 'man',
  women: 'woman',
  children: 'child',
  knives: 'knife',
  wolves: 'wolf',
  mice: 'mouse',
  geese: 'goose',
  policemen: 'policeman',
  buses: 'bus',
  skis: 'ski',
}

/** Words of letters and digits in any script; hyphens and punctuation separate. */
export function wordsOf(prompt: string): string[] {
  return (
    prompt
      .normalize('NFKC')
      .toLowerCase()
      .replaceAll(/['’]s\b/g, '')
      .match(/[\p{L}\p{N}]+/gu) ?? []
  )
}

/** "benches" to "bench", "lorries" to "lorry", "skis" to "ski"; a singular stays as it is. */
export function singularOf(word: string): string {
  const irregular = Object.hasOwn(IRREGULAR, word) ? IRREGULAR[word] : undefined
  if (irregular !== undefined) return irregular
  if (word.length < 4 || /(ss|us|is)$/.test(word)) return word
  if (/[^aeiou]ies$/.test(word)) return `${word.slice(0, -3)}y`
  if (/(ss|x|ch|sh)es$/.test(word)) return word.slice(0, -2)
  return word.endsWith('s') ? word.slice(0, -1) : word
}
