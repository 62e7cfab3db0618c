// The form of a file: its length, its name, and the comment at its top that says what it is for.
import { isCode, isTest, isTypeScript, placeOf, type HouseRule } from '../house-rule.ts'

/** A reader holds about this much; longer files have more than one reason to change. */
const LINES_MAX = 400
/** Written by tools, not by people. */
const GENERATED = /(^|\/)(generated|golden|vendor)\//

export const fileSize: HouseRule = {
  name: 'file-size',
  check({ path, text }) {
    if (!isCode(path) || GENERATED.test(path)) return []
    const lines = text.split('\n').length - 1
    return lines <= LINES_MAX
      ? []
      : [{ path, message: `${lines} lines, at most ${LINES_MAX}: split it by responsibility` }]
  },
}

const CATCH_ALL = /(^|\/)(utils?|helpers?|misc|common|index)(\.|\/|$)/
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/

export const fileNames: HouseRule = {
  name: 'file-names',
  check({ path }) {
    const place = placeOf(path)
    if (!place || !isTypeScript(path)) return []
    // `edge-agent/src/index/` is a stage's folder; `index.ts` is a barrel.
    const named = place.package === 'edge-agent' ? place.inside.replace(/^index\//, '') : place.inside
    if (CATCH_ALL.test(named)) return [{ path, message: 'the name says nothing: name what lives there' }]
    const base = path.split('/').at(-1) ?? ''
    return KEBAB.test(base) ? [] : [{ path, message: 'file names are kebab-case' }]
  },
}

export const purposeComment: HouseRule = {
  name: 'purpose-comment',
  check({ path, text }) {
    const place = placeOf(path)
    if (!place || !isTypeScript(path) || isTest(path) || path.endsWith('.d.ts')) return []
    // Routes and configuration are named by their tools; a directive must come first.
    if (place.folder === 'app' || path.endsWith('.config.ts')) return []
    const start = text
      .replace(/^#!.*\n/, '')
      .replace(/^(['"]use (client|server)['"];?\s*)+/, '')
      .trimStart()
    return /^(\/\/|\/\*)/.test(start)
      ? []
      : [{ path, line: 1, message: 'begin with a comment that says what the file is for' }]
  },
}
