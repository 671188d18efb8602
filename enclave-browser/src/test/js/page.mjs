// Looks at the page of the demo in Chromium: its accessibility, its life of a key, and how it looks.
//   node src/test/js/page.mjs URL DIRECTORY
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Checks, ready, shown } from './checks.mjs';
import { Chromium } from './chromium.mjs';
import { until } from './driver.mjs';

const [url, directory] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const profile = join(directory, 'profile-page');
rmSync(profile, { recursive: true, force: true });
const page = await Chromium.start(profile);
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

const press = (name) =>
  page.run((name) => {
    document.getElementById('status').textContent = '';
    [...document.querySelectorAll('#keys button')].find((button) => button.textContent === name).click();
  }, name);

const LOCK = 'correct-Horse-7-battery';
const FILE = 'Staple-19-of-other-words';

const unlock = async () => {
  await page.run((lock) => (document.querySelector('#keys li > input[type=password]').value = lock), LOCK);
  await press('Unlock');
  await status('is unlocked');
};

const confirmed = async () => {
  await shown(page);
  await page.answer('Sign');
};

const rotate = async () => {
  await page.run(
    (lock, file) => {
      document.querySelector('#keys details').open = true;
      const [first, second] = document.querySelectorAll('#keys details input');
      first.value = lock;
      second.value = file;
    },
    LOCK,
    FILE,
  );
  await press('Rotate');
  await confirmed();
};

const cards = () => page.run(() => [...document.querySelectorAll('#keys li')].map((item) => item.querySelectorAll('p')[1].textContent));

try {
  await page.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: 'light' }] });
  await check('the page opens', async () => {
    await page.go(url);
    await ready(page);
  });
  await check('the page says what cannot be, before a key is made', async () => {
    const text = await page.run(() => document.getElementById('limits').textContent);
    for (const word of ['low-value', 'BIP39', 'secp256k1', 'hardware', 'private window', 'Safari']) {
      if (!text.includes(word)) throw new Error(`no ${word}`);
    }
  });
  await check('a key is made, registered, unlocked, and signs after a confirmation', async () => {
    await page.run(
      (lock, file) => {
        document.getElementById('lock').value = lock;
        document.getElementById('lock').dispatchEvent(new Event('input'));
        document.getElementById('backup').value = file;
        document.getElementById('create').requestSubmit();
      },
      LOCK,
      FILE,
    );
    await status('The server registered the key.');
    await unlock();
    await page.size(1100, 600);
    await press('Sign');
    await shown(page);
    // As a screen reader sees it.
    const named = async (role, name) => (await page.send('Accessibility.getFullAXTree')).nodes.find((node) => node.role?.value === role && node.name?.value === name);
    await until('Sign', async () => !(await named('button', 'Sign')).properties.some(({ name, value }) => name === 'disabled' && value.value));
    for (const [role, name] of [['dialog', 'Sign this?'], ['region', 'What is signed'], ['button', 'Cancel']]) {
      if (!(await named(role, name))) throw new Error(`no ${role} ${name}`);
    }
    await page.picture(join(directory, 'confirm.png'), 1100, 600, false, false);
    await page.answer('Sign');
    await status('The server verified the signature over: Pay 3 € to Ann');
  });
  await check('a key is rotated, and the new one signs', async () => {
    const before = await cards();
    await rotate();
    await status('The server accepts the new key in place of the old one.');
    const after = await cards();
    if (after.length !== 1 || after[0] === before[0]) throw new Error(`keys: ${after}`);
    await unlock();
    await press('Sign');
    await confirmed();
    await status('The server verified the signature over: Pay 3 € to Ann');
  });
  await check('a rotation whose answer is lost is ended by what the server knows', async () => {
    await page.run(() => {
      const own = fetch;
      globalThis.fetch = async (...args) => {
        const answer = await own(...args);
        if (!/^.(requests.rotate|keys)/.test(args[0])) return answer;
        if (args[0] === '/keys') globalThis.fetch = own;
        throw new Error('the answer is lost');
      };
    });
    await rotate();
    await status('Both keys are kept');
    while ((await cards()).length !== 2);
    await page.picture(join(directory, 'pending.png'), 1100, 1800, false);
    await press('Ask the server');
    await status('The server has the new key');
    if ((await cards()).length !== 1) throw new Error('the old key is still there');
    await unlock();
  });
  await check('a passkey locks a key, and signs', async () => {
    await page.passkeys();
    await page.go(`${url}?passkey`);
    await ready(page);
    await page.run((file) => {
      document.getElementById('name').value = 'by-passkey';
      document.querySelector('#passkey input').click();
      document.getElementById('backup').value = file;
      document.getElementById('create').requestSubmit();
    }, FILE);
    await status('The server registered the key.');
    await page.run(() => {
      const keyed = [...document.querySelectorAll('#keys li')].find((item) => item.textContent.includes('locked under a passkey'));
      document.getElementById('status').textContent = '';
      [...keyed.querySelectorAll('button')].find((button) => button.textContent === 'Unlock').click();
    });
    await status('by-passkey is unlocked');
    await press('Sign');
    await confirmed();
    await status('The server verified the signature');
    await page.run(() => (document.querySelector('#keys details').open = true));
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
