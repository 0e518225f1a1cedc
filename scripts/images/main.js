// Process of a program's image: runs the bundle beside it with the machine code that V8 kept of it when the image was built.
// Compiling is half of what loading a bundle of 3 MB takes. Without that code, or where another Node runs it, the bundle is
// compiled as ever. See docs/decisions/0025-code-compiled-with-the-image.md.
//   node [flags] main.js --keep-code    keeps the code; with the flags that the program is going to run with
'use strict'
const { readFileSync, writeFileSync } = require('node:fs')
const { createRequire, wrap } = require('node:module')
const { Script } = require('node:vm')

const program = `${__dirname}/program.js`
const kept = `${__dirname}/program.code`

function keptCode() {
  try {
    return readFileSync(kept)
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

/** As `require` would do it. The bundle is ASCII: as Latin-1 it need not be decoded, and takes one byte per character. */
function load(cachedData) {
  const script = new Script(wrap(readFileSync(program, 'latin1')), { filename: program, ...(cachedData ? { cachedData } : {}) })
  const module = { exports: {} }
  script.runInThisContext()(module.exports, createRequire(program), module, program, __dirname)
  return { script, exports: module.exports }
}

if (process.argv[2] === '--keep-code') {
  // After it has run: the functions that loading calls are among what is kept.
  writeFileSync(kept, load().script.createCachedData())
} else {
  // Only `require` knows about source maps.
  const { main } = process.sourceMapsEnabled ? require(program) : load(keptCode()).exports
  main()
}
