// Bundles the two programs for their images, and the thread of the first: one file each starts faster than hundreds, and V8 can keep what it compiled of it
// (scripts/images/main.js). What has native parts stays a package.
import { cpSync, mkdirSync, readFileSync, rmSync, copyFileSync, chmodSync, writeFileSync } from 'node:fs'
import { build } from 'esbuild'

/**
 * What dockerode loads for an engine behind SSH and for BuildKit, prom-client for exemplars, and express for bodies in every
 * encoding of the world: half of the agent's code, a fifth of the control plane's, and never used. Whoever does call into it is told so.
 * See docs/decisions/0018-what-the-bundles-leave-out.md.
 */
const leftOut = {
  name: 'left-out',
  setup(bundle) {
    const filter = /^(ssh2|@grpc\/grpc-js|@grpc\/proto-loader|protobufjs|@opentelemetry\/api|body-parser)$/
    bundle.onResolve({ filter }, ({ path }) => ({ path, namespace: 'left-out' }))
    bundle.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: `const unused = name => function () { throw new Error(name + ' of ${path} is not part of this program') }
        module.exports = new Proxy({}, { get: (_, name) => unused(String(name)) })`,
    }))
  },
}

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // Positions without the sources themselves: the map stays in memory.
  sourcemap: true,
  sourcesContent: false,
  // Half a megabyte of indentation would stay in memory with the source. Names stay, for the sake of stack traces.
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
  // Optional accelerators of packages, absent without install scripts.
  external: ['lmdb', 'cpu-features', 'bufferutil', 'utf-8-validate', '*.node'],
  plugins: [leftOut],
}

/** Copies a package and everything it depends on, as npm laid them out. */
function copyPackage(name, target, seen = new Set()) {
  if (seen.has(name)) return
  seen.add(name)
  const manifest = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8'))
  cpSync(`node_modules/${name}`, `${target}/node_modules/${name}`, {
    recursive: true,
    filter: source => !/\.(ts|map|md)$|\/(deps|src|test|docs)$/.test(source),
  })
  for (const dependency of Object.keys(manifest.dependencies ?? {})) copyPackage(dependency, target, seen)
  for (const dependency of Object.keys(manifest.optionalDependencies ?? {})) {
    if (dependency.endsWith(`${process.platform}-${process.arch}`)) copyPackage(dependency, target, seen)
  }
}

rmSync('build', { recursive: true, force: true })
for (const program of ['control-plane', 'agent']) {
  mkdirSync(`build/${program}`, { recursive: true })
  await build({ ...shared, entryPoints: [`${program}/main.ts`], outfile: `build/${program}/program.js` })
  copyFileSync('scripts/images/main.js', `build/${program}/main.js`)
  writeFileSync(`build/${program}/package.json`, '{ "type": "commonjs" }\n')
}
await build({ ...shared, entryPoints: ['control-plane/yaml-worker.ts'], outfile: 'build/control-plane/yaml-worker.js' })
copyPackage('lmdb', 'build/control-plane')
copyFileSync('agent/supervise.sh', 'build/agent/supervise')
chmodSync('build/agent/supervise', 0o755)
