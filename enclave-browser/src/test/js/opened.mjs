// node opened.mjs FILES PASSWORD: opens backups, one a line in Base64, as the wallet's worker does, and prints what came of each.
import { build } from 'esbuild';
import { readFileSync } from 'node:fs';

const bundled = await build({ entryPoints: ['src/main/ts/backup.ts'], bundle: true, write: false, format: 'esm', target: 'es2022' });
const { decrypt } = await import(`data:text/javascript;base64,${Buffer.from(bundled.outputFiles[0].contents).toString('base64')}`);

const [files, password] = process.argv.slice(2);
for (const line of readFileSync(files, 'utf8').trimEnd().split('\n')) {
  console.log(
    await decrypt(Buffer.from(line, 'base64').toString(), password).then(
      () => 'opened',
      (e) => e.reason ?? String(e),
    ),
  );
}
