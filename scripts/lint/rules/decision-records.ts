// Decision records are referred to by number: each has one of its own, the same in its name and in its heading.
import type { Finding, HouseRuleOfAll } from '../house-rule.ts'

const RECORD = /^docs\/decisions\/([^/]+)\.md$/
const NUMBERED = /^(\d{4})-/
const HEADING = /^# (\d{4})\b/

export const decisionRecords: HouseRuleOfAll = {
  name: 'decision-records',
  checkAll(files) {
    const findings: Finding[] = []
    const takenBy = new Map<string, string>()
    for (const { path, text } of files) {
      const base = RECORD.exec(path)?.[1]
      if (base === undefined) continue
      const number = NUMBERED.exec(base)?.[1]
      if (number === undefined) {
        findings.push({ path, message: 'the name begins with four digits and a hyphen' })
        continue
      }
      const other = takenBy.get(number)
      if (other === undefined) takenBy.set(number, path)
      else findings.push({ path, message: `${number} is the number of ${other}: take the next free one` })
      if (HEADING.exec(text)?.[1] !== number)
        findings.push({ path, line: 1, message: `the heading begins with "# ${number}", as the name does` })
    }
    return findings
  },
}
