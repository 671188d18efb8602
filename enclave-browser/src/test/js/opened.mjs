// node opened.mjs FILES PASSWORD: opens backups, one a line in Base64, as the wallet's worker does, and prints what came of each.
// node opened.mjs --named PASSWORD NAME...: prints a backup in Base64 for each name, given in Base64 too.
import { readFileSync } from 'node:fs';
import { decrypt, named } from './backup.mjs';

const [files, password, ...names] = process.argv.slice(2);
if (files === '--named') {
  for (const name of names) console.log(Buffer.from(await named(Buffer.from(name, 'base64').toString(), password)).toString('base64'));
} else {
  for (const line of readFileSync(files, 'utf8').trimEnd().split('\n')) {
    console.log(
      await decrypt(Buffer.from(line, 'base64').toString(), password).then(
        () => 'opened',
        (e) => e.reason ?? String(e),
      ),
    );
  }
}
