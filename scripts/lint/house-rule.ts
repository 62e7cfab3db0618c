// What a house rule is: a name, a reason, and a check of one file that returns what it finds.
// Rules see a file's path and text only, so that a test can plant a violation without a file system.

export interface HouseFile {
  /** Path from the repository's root, with forward slashes. */
  path: string
  text: string
}

export interface Finding {
  path: string
  /** From 1; absent when the finding is about the whole file. */
  line?: number
  message: string
}

export interface HouseRule {
  name: string
  check(file: HouseFile): Finding[]
}

/** A rule that no file can break by itself. */
export interface HouseRuleOfAll {
  name: string
  checkAll(files: readonly HouseFile[]): Finding[]
}

const TEST_FILE = /\.(test|e2e|bench)\.tsx?$|\/(testing|fixtures)\//
const CODE_FILE = /\.(ts|tsx|mjs|sh|py|sql|cc|cu|h|cuh|css)$/

export const isTest = (path: string): boolean => TEST_FILE.test(path)
export const isCode = (path: string): boolean => CODE_FILE.test(path)
export const isTypeScript = (path: string): boolean => /\.tsx?$/.test(path)

export interface Place {
  package: string
  /** First folder below the package's sources; absent for files beside the folders. */
  folder: string | undefined
  /** Path below the package's sources. */
  inside: string
}

/** Which package and folder a path belongs to; undefined outside packages. Console keeps its folders without src. */
export function placeOf(path: string): Place | undefined {
  const match = /^packages\/([^/]+)\/(?:src\/)?(.+)$/.exec(path)
  if (!match) return undefined
  const [, name = '', inside = ''] = match
  const [first, ...rest] = inside.split('/')
  return { package: name, folder: rest.length > 0 ? first : undefined, inside }
}

export function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}
