// Checks the types and bundles the wallet and its worker into target/ts; fails when they are too large. What it says at the end
// is in target/ts.built too, which is newer than every source when there is nothing to build.
import { build, transform } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const LARGEST = 13 * 1024;
const root = new URL('.', import.meta.url);
const at = (path) => fileURLToPath(new URL(path, root));

/** The dialog's style is CSS in a template, which no minifier of scripts looks into. */
const css = {
  name: 'css',
  setup: ({ onLoad }) =>
    onLoad({ filter: /confirm\.ts$/ }, async ({ path }) => {
      const [before, style, after] = readFileSync(path, 'utf8').split(/(?<=const STYLE = )`([^`]*)`/);
      const { code } = await transform(style, { loader: 'css', minify: true });
      return { loader: 'ts', contents: before + JSON.stringify(code) + after };
    }),
};

rmSync(at('target/ts.built'), { force: true });
execFileSync(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', at('tsconfig.json')], { stdio: 'inherit' });
await build({
  entryPoints: [at('src/main/ts/index.ts'), at('src/main/ts/worker.ts')],
  outdir: at('target/ts'),
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  legalComments: 'none',
  plugins: [css],
});
const files = ['index.js', 'worker.js'].map((name) => readFileSync(at(`target/ts/${name}`)));
const size = files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0);
const said = `enclave-browser: ${size} bytes compressed, of ${LARGEST}`;
console.log(said);
if (size > LARGEST) throw new Error(`The package has ${size} bytes compressed, and ${LARGEST} are the most.`);
writeFileSync(at('target/ts.built'), `${said}\n`);
