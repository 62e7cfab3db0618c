// Writes a C++ header with a base class for each table of virtual functions in TensorRT's headers: every function ends
// the process with its name, so that a simulation overrides what is used and nothing else goes unnoticed.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const SIMULATED: Readonly<Record<string, readonly string[]>> = {
  'NvInferImpl.h': [
    'VRuntime',
    'VCudaEngine',
    'VExecutionContext',
    'VEngineInspector',
    'VHostMemory',
    'VBuilder',
    'VBuilderConfig',
    'VNetworkDefinition',
    'VOptimizationProfile',
    'VTensor',
    'VTimingCache',
  ],
  'NvOnnxParser.h': ['IParser', 'IParserError'],
}

interface PureFunction {
  /** Return type, name and parameters, without `virtual`. */
  signature: string
  /** const, noexcept. */
  qualifiers: string
}

function bodyOf(header: string, name: string): string {
  const begin = header.search(new RegExp(`^class ${name}\\b[^;{]*\\{`, 'm'))
  if (begin < 0) throw new Error(`the headers have no class ${name}`)
  const end = header.indexOf('\n};', begin)
  return header.slice(begin, end)
}

function pureFunctions(body: string): PureFunction[] {
  const plain = body.replaceAll(/\/\/.*/g, '').replaceAll(/\s+/g, ' ')
  return [...plain.matchAll(/virtual ([^;{}]*?\))((?: const| noexcept)*) = 0;/g)].map(
    ([, signature = '', qualifiers = '']) => ({ signature, qualifiers }),
  )
}

/** Generated and printed on one line each: nobody reads them. */
function baseClass(name: string, header: string): string {
  const space = name.startsWith('V') ? 'nvinfer1::apiv' : 'nvonnxparser'
  const functions = pureFunctions(bodyOf(header, name)).map(
    ({ signature, qualifiers }) =>
      `  ${signature}${qualifiers} override { unexpected("${name}: ${signature.replaceAll('"', "'")}"); }`,
  )
  return `class ${name}Base : public ${space}::${name} {\n public:\n${functions.join('\n')}\n};\n`
}

/** A namespace for each header: both have an ErrorCode. */
function headerBases(vendor: string, file: string, names: readonly string[]): string {
  const header = readFileSync(join(vendor, file), 'utf8')
  const [own, theirs] =
    file === 'NvOnnxParser.h' ? ['simulated_parser', 'nvonnxparser'] : ['simulator', 'nvinfer1']
  const classes = names.map((name) => baseClass(name, header))
  return [`namespace ${own} {`, `using namespace ${theirs};`, ...classes, '}'].join('\n')
}

export function generateBases(vendor: string, target: string): void {
  const opening = [
    '// Generated from the headers of TensorRT by generate-bases.ts.',
    '#pragma once',
    '#include <cstdio>',
    '#include <cstdlib>',
    '#include "NvInfer.h"',
    '#include "NvOnnxParser.h"',
    '[[noreturn]] inline void unexpected(const char* what) {',
    '  std::fprintf(stderr, "the simulator has no %s\\n", what);',
    '  std::abort();',
    '}',
  ]
  const bases = Object.entries(SIMULATED).map(([file, names]) => headerBases(vendor, file, names))
  writeFileSync(target, `${[...opening, ...bases].join('\n')}\n`)
}
