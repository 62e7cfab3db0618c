// Text that must not be committed: places and hosts of one machine, and waits by guess in tests.
import { isTest, isTypeScript, lineOf, type Finding, type HouseFile, type HouseRule } from '../house-rule.ts'

/** The brackets keep these lines from matching themselves. */
const MACHINE_PATHS = /(?<![\w.$}-])\/(?:w[o]rk|r[o]ot|h[o]me\/[a-z]+)\/[\w.]/g
const OPT_PATHS = /(?<![\w.$}-])\/o[p]t\/[\w.]/g
const PACKAGE_HOSTS =
  /https?:\/\/[^\s"'`)]*(?:registry\.|artifact|package-mirror|py[p]i\.org|pythonhos[t]ed|\/simple\/)/g
/** There /opt is the product's own place, on a device or in an image. */
const OPT_ALLOWED = /^(infra\/|install_jetson\.sh|docs\/)/

function findAll(file: HouseFile, pattern: RegExp, message: string): Finding[] {
  return [...file.text.matchAll(pattern)].map((match) => ({
    path: file.path,
    line: lineOf(file.text, match.index),
    message: `${message}: ${match[0]}`,
  }))
}

export const machinePlaces: HouseRule = {
  name: 'machine-places',
  check(file) {
    const findings = [
      ...findAll(file, MACHINE_PATHS, 'a path of one machine'),
      ...findAll(file, PACKAGE_HOSTS, 'a host of a package registry'),
    ]
    return OPT_ALLOWED.test(file.path)
      ? findings
      : [...findings, ...findAll(file, OPT_PATHS, 'a path of one machine')]
  },
}

const SLEEP =
  /setTimeout\(\s*(?:\(\)\s*=>\s*)?(?:resolve|res|r|done)\b|from ['"]node:timers\/promises['"]|await systemClock\.sleep\(/g

export const noSleepInTests: HouseRule = {
  name: 'no-sleep-in-tests',
  check(file) {
    if (!isTypeScript(file.path) || !isTest(file.path)) return []
    return findAll(file, SLEEP, 'wait for an event, a fake clock or a condition (test-kit/wait-until)')
  },
}
