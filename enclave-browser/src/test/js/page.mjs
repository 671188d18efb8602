// Looks at the page of the demo in Chromium: its accessibility, its life of a key, and how it looks.
//   node src/test/js/page.mjs URL DIRECTORY
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { BROWSERS, Checks } from './browsers.mjs';

const [url, directory] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const profile = join(directory, 'profile-page');
rmSync(profile, { recursive: true, force: true });
const page = await BROWSERS[0].start(profile);
const checks = new Checks();
const check = (name, work) => checks.check(name, work);

const accessible = async () => {
  await page.send('Runtime.evaluate', { expression: axe });
  const violations = await page.run(async () => (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join()}`));
  if (violations.length) throw new Error(violations.join('; '));
};

const status = async (text) => {
  let said = '';
  while (!(said = await page.run(() => document.getElementById('status').textContent)).includes(text)) {
    if (/not|cannot|refuse/i.test(said) && !said.includes('does not promise')) throw new Error(said);
  }
};

const press = (name) => page.run((name) => [...document.querySelectorAll('#keys button')].find((button) => button.textContent === name).click(), name);

try {
  await page.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: 'light' }] });
  await check('the page opens', async () => {
    await page.go(url);
    while (!(await page.run(() => document.documentElement.dataset.ready === 'yes')));
  });
  await check('the page says what cannot be, before a key is made', async () => {
    const text = await page.run(() => document.getElementById('limits').textContent);
    for (const word of ['low-value', 'BIP39', 'secp256k1', 'hardware', 'private window', 'Safari']) {
      if (!text.includes(word)) throw new Error(`no ${word}`);
    }
  });
  await check('a key is made, registered, unlocked, and signs after a confirmation', async () => {
    await page.run(() => {
      document.getElementById('lock').value = 'correct-Horse-7-battery';
      document.getElementById('lock').dispatchEvent(new Event('input'));
      document.getElementById('backup').value = 'Staple-19-of-other-words';
      document.getElementById('create').requestSubmit();
    });
    await status('The server registered the key.');
    await page.run(() => (document.querySelector('#keys input').value = 'correct-Horse-7-battery'));
    await press('Unlock');
    await status('is unlocked');
    await press('Sign');
    while (!(await page.run(() => document.querySelector('enclave-confirm') !== null)));
    await page.picture(join(directory, 'confirm.png'), 1100, 800, false, false);
    await page.answer('Sign');
    await status('The server verified the signature over: Pay 3 € to Ann');
  });
  for (const [scheme, dark] of [['light', false], ['dark', true]]) {
    await check(`axe-core finds nothing on the ${scheme} page`, async () => {
      await page.picture(join(directory, `desktop-${scheme}.png`), 1100, 1800, dark);
      await accessible();
    });
    await check(`axe-core finds nothing on the ${scheme} page of a phone`, async () => {
      await page.picture(join(directory, `phone-${scheme}.png`), 390, 1800, dark);
      await accessible();
    });
    await check(`nothing is wider than a phone (${scheme})`, async () => {
      const width = await page.run(() => document.documentElement.scrollWidth);
      if (width > 390) throw new Error(`${width} pixels`);
    });
  }
} finally {
  await page.kill();
}
process.exit(checks.failed ? 1 : 0);
