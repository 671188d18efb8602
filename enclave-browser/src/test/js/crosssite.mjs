// A page of another site, in whose browser the user is signed in at the demo, asks the demo's server in the user's name.
//   node src/test/js/crosssite.mjs URL DIRECTORY
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Checks, LOCK, equal, ready } from './checks.mjs';
import { BROWSERS } from './browsers.mjs';

const [url, directory] = process.argv.slice(2);
const checks = new Checks();
const site = createServer((_, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>Another site</title>'));
await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));

/** In the page of the other site: how many of what it sent came to an end, and of these how many it could read. */
const attack = async (url) => {
  const ask = ['register', 'sign', 'rotate', 'revoke'].flatMap((action) => [`challenge?action=${action}`, `requests/${action}?`]);
  const all = [];
  for (let i = 0; i < 17; i++) {
    for (const path of ask) {
      const image = new Image();
      all.push(new Promise((resolve) => (image.onload = image.onerror = () => resolve('image'))));
      // Another address each time, so that the browser asks for each image.
      image.src = `${url}${path}`.replace('?', `?${i}&`);
      for (const mode of ['no-cors', 'cors']) {
        all.push(fetch(`${url}${path}`, { method: 'POST', mode, credentials: 'include', body: 'x' }).then((answer) => answer.type, () => 'unread'));
      }
    }
  }
  return [...new Set(await Promise.all(all))].sort().join();
};

for (const Browser of BROWSERS) {
  const profile = join(directory, `profile-crosssite-${Browser.name}`);
  rmSync(profile, { recursive: true, force: true });
  const page = await Browser.start(profile);
  try {
    await checks.check(`${Browser.name}: images and requests of another site's page end no challenge of the user`, async () => {
      await page.go(url);
      await ready(page);
      const registration = await page.run(async (lock) => {
        const { Wallet } = await import('/enclave/index.js');
        const wallet = await Wallet.open({ worker: '/enclave/worker.js' });
        const challenge = await (await fetch('/challenge?action=register', { method: 'POST' })).json();
        return (await wallet.create({ name: 'kept', lock, backup: null, acceptLoss: true }, challenge)).registration;
      }, LOCK);
      await page.go(`http://127.0.0.1:${site.address().port}/`);
      equal(await page.run(attack, url), 'image,opaque,unread', 'what came of the requests');
      await page.go(url);
      const answer = await page.run((body) => fetch('/requests/register', { method: 'POST', body }).then((response) => response.json()), registration);
      equal(answer.message, 'The server registered the key.');
    });
  } finally {
    await page.kill();
  }
}
process.exit(checks.failed ? 1 : 0);
