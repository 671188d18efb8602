// The question that the wallet asks: what is seen of it, whatever the text is, and when it takes an answer.
import { challenge, equal, open, refused, shown, verified } from './checks.mjs';
import { until } from './driver.mjs';
import { POLICY, serve } from './site.mjs';

const WIDTHS = [320, 480, 768, 1200, 1920];
const FIRST = 'Pay 9000 EUR to Mallory';
const LAST = 'Pay 3 EUR to Ann';
const HARMLESS = [FIRST, ...Array.from({ length: 60 }, (_, i) => `and ${i + 1} apples`)].join('\n');

/** What somebody who writes a part of the text could put between its first line and its last one. */
const FILLERS = [
  '.\n', '\n.\n', '\u00a0\n.\n', '|\n', '-\n', '_\n', 'Ann\n', '\u00a0'.repeat(12) + '.\n', ' '.repeat(12) + '.\n', '\u3000'.repeat(12) + '.\n', '\u2003'.repeat(12) + '.\n', '\u202f.\n', '\u205f.\n',
  'W', 'M', 'i', '.', '\u00b7', '\u0e51', '日', 'あ', '\u2588', '\u2591', '\ufdfd', '\ufdfd\n', '\ufdfa ', '\u{1f4a9}', '\u{1f4a9}\n', '\u{12031}', '\u{1242b}', '\u{1d54f}',
  'שלום ', 'שלום 900 ', 'مرحبا ', 'مرحبا ٩٠٠ ', 'א\n', '٩٠٠\n', 'x\u0338', 'e\u0301\u0302\u0303', '\u0f40\u0f90\u0fb5', '\u0e01\u0e49', '\u0e2d\u0e34\u0e49\n',
  'Site  https://bank.example\nPurpose  nothing\n', 'Sign this?\n', 'Cancel          Sign\n', '\u2500'.repeat(40) + '\n', '\u2550\n', '<br>', '<h2>Sign this?</h2>', '&nbsp;\n', `${FIRST}\n`, `${LAST}\n`,
];
const HOSTILE = FILLERS.map((filler) => `${FIRST}\n${filler.repeat(Math.floor(4000 / filler.length)).trim()}\n${LAST}`);

/** Shown as they are they would hide something, so that nothing is asked. */
const UNREADABLE = [
  '', ' ', '\n', '\u00a0\u2003', '\u2800', `${FIRST}${'\n'.repeat(60)}${LAST}`, `${FIRST}\n\n\n${LAST}`, `${FIRST}\n \n \n${LAST}`, `${FIRST}\n\u00a0\n\u3000\n${LAST}`, `${FIRST}${' '.repeat(17)}${LAST}`,
  `${FIRST}${'\u00a0'.repeat(17)}${LAST}`, `${FIRST}${'\u3000'.repeat(17)}${LAST}`, `${FIRST}${' \u2003'.repeat(10)}${LAST}`, `${FIRST}\u2800${LAST}`, `${FIRST}\ufffc${LAST}`, `${FIRST}\u{1d159}${LAST}`, `${FIRST}\u{16fe4}${LAST}`,
  `${FIRST}\ue000${LAST}`, `${FIRST}\u{f0000}${LAST}`, `${FIRST}\uffff${LAST}`, `${FIRST}\u0378${LAST}`, `${FIRST}\ud800${LAST}`, `${FIRST}\r${LAST}`, `${FIRST}\t${LAST}`, `${FIRST}\u0085${LAST}`, `${FIRST}\u2028${LAST}`,
  `${FIRST}\u202e${LAST}`, `${FIRST}\u2066${LAST}`, `${FIRST}\u061c${LAST}`, `o${'\u0338'.repeat(5)}`, 'x'.repeat(4097),
];
const READABLE = ['Pay 3 € to Ann', '3,00\u00a0€', '1\u202f000\u00a0€', 'Ä 日本 שלום', JSON.stringify({ a: { b: { c: { d: 1 } } } }, null, 2), 'One\n\nTwo\n', 'e\u0301', 'Vie\u0323\u0302t', 'ทั้ง', 'x'.repeat(4096), ...HOSTILE];

/** In the page that is watched: where things of the dialog are, and what state it is in. */
const seen = () => {
  const box = (element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    return { left, top, right, bottom };
  };
  const [text] = root.querySelectorAll('pre');
  const accept = root.querySelector('button[value]');
  const line = document.createRange();
  const [first] = [...text.childNodes].filter((node) => node.textContent);
  line.setStart(first.firstChild ?? first, 0);
  line.setEnd(first.firstChild ?? first, Math.min(3, first.textContent.length));
  return {
    title: box(root.querySelector('h2')),
    facts: box(root.querySelector('dl')),
    text: box(text),
    line: box(line),
    accept: box(accept),
    enabled: accept.ariaDisabled !== 'true' && !accept.disabled,
    focus: root.activeElement?.localName,
    scrolled: Math.max(...[...root.querySelectorAll('*')].map((element) => element.scrollTop)),
    height: innerHeight,
    width: innerWidth,
  };
};

/** Two frames later what was shown was looked at. */
const painted = (page) => page.run(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(null))))));

const begin = async (page, text, handle = undefined) => {
  await page.run(
    (handle, asked, text) => {
      globalThis.refusal = undefined;
      globalThis.answer = undefined;
      wallet.sign(handle ?? wallet.unlocked, asked, text).then(
        (request) => (globalThis.answer = request),
        (e) => {
          globalThis.refusal = e.message;
          globalThis.answer = e.reason;
        },
      );
      return null;
    },
    handle,
    challenge('sign'),
    text,
  );
  await shown(page);
  await painted(page);
  return page.run(seen);
};

const ended = async (page, expected) => {
  await until('the answer', () => page.run(() => globalThis.answer !== undefined));
  if (expected) equal(await page.run(() => globalThis.answer), expected, 'answer');
  return page.run(() => globalThis.answer);
};

const cancelled = async (page) => {
  await page.answer('Escape');
  await ended(page, 'cancelled');
};

const isOpen = (page) => page.run(() => document.querySelector('enclave-confirm') !== null && globalThis.answer === undefined);

/** The middle of the button that signs. */
const middle = ({ accept }) => [Math.round((accept.left + accept.right) / 2), Math.round((accept.top + accept.bottom) / 2)];

const scroll = async (page, part) => {
  await page.run((part) => (root.querySelector(part).scrollTop = 1e6), part);
  await painted(page);
};

const inside = ({ left, top, right, bottom }, { width, height }, what) => {
  if (left < 0 || top < 0 || right > width || bottom > height) throw new Error(`${what} is not on the screen of ${width} by ${height}: ${JSON.stringify({ left, top, right, bottom })}`);
};

export const dialog = async ({ name, check, site, page }) => {
  const watched = async () => {
    await open(page, `${site.url}watched`);
    for (const { handle } of await page.run(() => wallet.list())) await page.run((handle) => wallet.delete(handle, true), handle);
    const { key } = await page.run(() => wallet.create({ name: 'asked', lock: null, backup: null, acceptLoss: true }));
    await page.run((handle) => wallet.unlock(handle, null), key.handle);
    return key;
  };

  await check(`${name}: a text that could hide a part of itself is not shown`, async () => {
    await watched();
    equal(JSON.stringify(await page.run((all) => all.filter((text) => enclave.isReadable(text)), UNREADABLE)), '[]', 'unreadable texts that pass');
    equal(JSON.stringify(await page.run((all) => all.filter((text) => !enclave.isReadable(text)), READABLE)), '[]', 'readable texts that are refused');
  });

  await check(`${name}: the question is read from its beginning, and Sign is out of reach until its end was seen`, async () => {
    await watched();
    // Nothing but the scrolling is to enable the button.
    await page.run(() => (globalThis.clock = 0));
    const pictures = page.drawn !== undefined && name === 'Chromium';
    if (name === 'Chromium') await page.send('Emulation.setScrollbarsHidden', { hidden: true });
    let compared = 0;
    for (const width of pictures ? WIDTHS : [480, 1200]) {
      await page.size(width, 600);
      await begin(page, HARMLESS);
      await cancelled(page);
      await page.run(() => (globalThis.clock = 0));
      const harmless = await begin(page, HARMLESS);
      equal(harmless.scrolled, 0, `what is scrolled at ${width}`);
      inside(harmless.line, harmless, 'the first line');
      // With the first line, where the scrollbar beside it can be hidden.
      const strip = [0, 0, harmless.width, pictures ? Math.ceil(harmless.line.bottom) : Math.floor(harmless.text.top) - 5];
      const picture = await page.drawn?.(...strip);
      await cancelled(page);
      for (const text of pictures ? HOSTILE : HOSTILE.filter((_, i) => i % 10 === 0)) {
        await page.run(() => (globalThis.clock = 0));
        const what = `${JSON.stringify(text.slice(24, 40))} at ${width}`;
        const at = await begin(page, text);
        equal(at.scrolled, 0, `what is scrolled with ${what}`);
        for (const part of ['title', 'facts', 'line']) {
          inside(at[part], at, part);
          equal(JSON.stringify(at[part]), JSON.stringify(harmless[part]), `the place of ${part} with ${what}`);
        }
        inside(at.accept, at, 'Sign');
        if ((await page.drawn?.(...strip)) !== picture) throw new Error(`the header is drawn otherwise with ${what}`);
        compared++;
        // Long after it was shown, but its end was not seen.
        await page.run(() => (globalThis.clock = 10_000));
        equal((await page.run(seen)).enabled, false, `whether Sign is enabled with ${what}`);
        await page.point(...middle(at), 'down', 'up');
        equal(await isOpen(page), true, `whether the question is open after a click with ${what}`);
        await cancelled(page);
      }
      // Its end is seen: now it can be signed.
      await page.run(() => (globalThis.clock = 0));
      const at = await begin(page, HARMLESS);
      // By keyboard, where the window has the focus.
      await (page.press ? page.press('End') : scroll(page, 'pre'));
      await until('the end', () => page.run(() => root.querySelector('pre').scrollTop + root.querySelector('pre').clientHeight >= root.querySelector('pre').scrollHeight - 1));
      await painted(page);
      const after = await page.run(seen);
      equal(JSON.stringify([after.title, after.facts, after.accept]), JSON.stringify([at.title, at.facts, at.accept]), 'places after scrolling');
      await page.run(() => (globalThis.clock = 10_000));
      await page.answer('Sign');
      if (!(await ended(page)).includes('.')) throw new Error('not signed');
      await page.run(() => (globalThis.clock = undefined));
    }
    if (pictures) {
      equal(compared, HOSTILE.length * WIDTHS.length, 'pictures');
      if (HOSTILE.length < 50) throw new Error(`${HOSTILE.length} texts`);
      await page.send('Emulation.setScrollbarsHidden', { hidden: false });
    }
  });

  await check(`${name}: Sign is dead for 700 ms after the question was shown, and after the window was left, came back or changed its size`, async () => {
    const own = await page.tab();
    await watched();
    const press = async (at, time) => {
      await page.run((time) => (globalThis.clock = time), time);
      await page.point(...middle(at), 'down', 'up');
    };
    await page.run(() => (globalThis.clock = 0));
    const at = await begin(page, LAST);
    await page.run(() => (globalThis.clock = 699));
    if (page.press) {
      await page.press('Tab', 'Tab', 'Enter');
      equal(await page.run(() => root.activeElement.value), 'sign', 'the button with the focus');
      equal(await isOpen(page), true, 'whether the question is open after Enter at 699 ms');
    }
    for (const time of [0, 60, 400, 699]) {
      await press(at, time);
      equal(await isOpen(page), true, `whether the question is open after a click at ${time} ms`);
    }
    equal((await page.run(seen)).enabled, false, 'whether Sign is enabled before');
    await page.run(() => (globalThis.clock = 700));
    await until('Sign', async () => (await page.run(seen)).enabled);
    if (name === 'Chromium') {
      // A key that was held down before.
      await page.send('Input.dispatchKeyEvent', { type: 'keyDown', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13, text: '\r', autoRepeat: true });
      equal(await isOpen(page), true, 'whether the question is open after a repeated Enter');
    }
    let time = 700;
    for (const type of ['blur', 'focus', 'resize', 'visibilitychange']) {
      await page.run((type) => dispatchEvent(new Event(type)), type);
      equal((await page.run(seen)).enabled, false, `whether Sign is enabled at ${type}`);
      await painted(page);
      await press(at, time + 699);
      equal(await isOpen(page), true, `whether the question is open after a click 699 ms after ${type}`);
      time += 700;
      await page.run((time) => (globalThis.clock = time), time);
      await until('Sign', async () => (await page.run(seen)).enabled);
    }
    // Another tab is in front of this one for a while. A press counts from its beginning.
    await page.tab();
    await page.use(own);
    await until('Sign to be dead again', async () => !(await page.run(seen)).enabled);
    await painted(page);
    await page.point(...middle(at), 'down');
    await page.run((time) => (globalThis.clock = time), time + 700);
    await until('Sign', async () => (await page.run(seen)).enabled);
    await page.point(...middle(at), 'up');
    equal(await isOpen(page), true, 'whether the question is open after a press that began too early');
    // One question at a time; another one is refused, and the first stays.
    await refused(page.run((asked) => wallet.sign(wallet.unlocked, asked, 'Another'), challenge('sign')), 'cancelled');
    equal(await page.run(() => document.querySelectorAll('enclave-confirm').length), 1, 'questions');
    await page.point(...middle(at), 'down', 'up');
    equal(JSON.parse(Buffer.from((await ended(page)).split('.')[1], 'base64url')).text, LAST, 'what is signed');
    // What a script takes away is cancelled.
    await page.run(() => (globalThis.clock = undefined));
    await begin(page, LAST);
    await page.run(() => document.querySelector('enclave-confirm').remove());
    await ended(page, 'cancelled');
  });

  await check(`${name}: a user who clicks on and on signs what was shown for 700 ms`, async () => {
    const key = await watched();
    await begin(page, LAST);
    const at = await page.run(seen);
    await cancelled(page);
    await page.run(() => {
      // Of the last click while the question is open, which is the one that signs.
      addEventListener('click', (event) => document.querySelector('enclave-confirm') && (globalThis.clicked = event.timeStamp), true);
      const attach = Element.prototype.attachShadow;
      Element.prototype.attachShadow = function (...args) {
        globalThis.opened = performance.now();
        return attach.apply(this, args);
      };
      return null;
    });
    await page.run((asked, text) => {
      globalThis.answer = undefined;
      wallet.sign(wallet.unlocked, asked, text).then((request) => (globalThis.answer = request));
      return null;
    }, challenge('sign'), LAST);
    await until('the signature', async () => {
      await page.point(...middle(at), 'down', 'up');
      return page.run(() => globalThis.answer !== undefined);
    });
    equal(verified(await page.run(() => answer), key.jwk).text, LAST);
    const after = await page.run(() => clicked - opened);
    if (!(after >= 700)) throw new Error(`signed ${after} ms after the question was opened`);
  });

  await check(`${name}: letters from right to left reorder no amounts, and are said to be there`, async () => {
    await watched();
    for (const text of ['Pay 100 שלום 900 to Ann', 'Pay 100 مرحبا، 900, 30', 'שלום 100 עולם 900', 'Pay ١٠٠ ، ٩٠٠ to', 'אב 1+2-3 (4) גד', 'Pay 3 שלום - עולם € 9']) {
      await begin(page, text);
      const order = await page.run(() => {
        const [pre] = root.querySelectorAll('pre');
        const walker = document.createTreeWalker(pre, NodeFilter.SHOW_TEXT);
        let all = '';
        const places = [];
        for (let node; (node = walker.nextNode()); ) {
          for (let i = 0; i < node.length; i++) {
            const range = document.createRange();
            range.setStart(node, i);
            range.setEnd(node, i + 1);
            places.push(range.getBoundingClientRect().left);
          }
          all += node.data;
        }
        // A word from right to left counts once, by its left end.
        const order = [];
        let wasLetter = false;
        for (let i = 0; i < all.length; i++) {
          const isLetter = /(?!\p{N})[\u0590-\u08ff]/u.test(all[i]);
          if (isLetter && wasLetter) order.push(Math.min(order.pop(), places[i]));
          else if (isLetter || /[\p{N}A-Za-z]/u.test(all[i])) order.push(places[i]);
          if (isLetter || /[\p{N}A-Za-z]/u.test(all[i])) wasLetter = isLetter;
        }
        return order;
      });
      equal(order.join(), [...order].sort((a, b) => a - b).join(), `the places of digits and Latin letters of ${text}`);
      if (!(await page.run(() => root.querySelector('dialog').textContent)).includes('right to left')) throw new Error('no word of it');
      await cancelled(page);
    }
    await begin(page, LAST);
    equal((await page.run(() => root.querySelector('dialog').textContent)).includes('right to left'), false, 'a word of it without need');
    await cancelled(page);
  });

  await check(`${name}: a low window and the styles of the page hide nothing`, async () => {
    await watched();
    for (const [width, height] of [[568, 320], [320, 256]]) {
      await page.size(width, height);
      await page.run(() => (globalThis.clock = 0));
      const at = await begin(page, HARMLESS);
      for (const part of ['title', 'line', 'accept']) inside(at[part], at, part);
      if (at.line.bottom > at.accept.top || at.facts.top > at.line.top) throw new Error(`places at ${width} by ${height}: ${JSON.stringify(at)}`);
      await scroll(page, 'pre');
      await scroll(page, 'header');
      await page.run(() => (globalThis.clock = 700));
      await until('Sign', async () => (await page.run(seen)).enabled);
      // What was seen of the text at one width was not seen at another.
      await page.run(() => (root.querySelector('pre').scrollTop = 0));
      await painted(page);
      await page.size(width + 200, height);
      await painted(page);
      await page.run(() => (globalThis.clock = 10_000));
      equal((await page.run(seen)).enabled, false, 'whether Sign is enabled at another width');
      await cancelled(page);
    }
    await page.size(768, 600);
    await page.run(() => (globalThis.clock = 0));
    const plain = await begin(page, HARMLESS);
    const inner = [plain.title.left, plain.title.top, plain.facts.right - plain.title.left, plain.line.bottom - plain.title.top].map(Math.floor);
    const picture = await page.drawn?.(...inner);
    await cancelled(page);
    await page.run(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(`
        html { font-size: 1px; direction: rtl }
        * { letter-spacing: 1em !important; line-height: 0 !important; color: red !important; text-indent: -99em !important; visibility: hidden !important; transition: all 9s }
        enclave-confirm { display: none !important; font: 1px monospace !important; text-transform: uppercase !important; direction: rtl !important; pointer-events: none !important; opacity: 0 !important; white-space: nowrap !important; word-spacing: 9em !important; zoom: .1 !important; content-visibility: hidden !important }
        enclave-confirm::before { content: 'no' } dialog::backdrop { background: red !important } ::backdrop { background: red !important }`);
      document.adoptedStyleSheets = [sheet];
      globalThis.clock = 0;
      return null;
    });
    const styled = await begin(page, HARMLESS);
    for (const part of ['title', 'facts', 'line', 'accept']) equal(JSON.stringify(styled[part]), JSON.stringify(plain[part]), `the place of ${part} under the page’s styles`);
    equal((await page.drawn?.(...inner)) === picture, true, 'whether it is drawn as without the page’s styles');
    await cancelled(page);
    await page.run(() => {
      document.adoptedStyleSheets = [];
      return null;
    });
    await page.size(1200, 800);
  });

  await check(`${name}: in a frame within another site nothing is asked, unless the page wants it`, async () => {
    const framing = await serve(POLICY.replace("frame-ancestors 'none'", 'frame-ancestors *').replace("frame-src 'none'", 'frame-src *'));
    const other = framing.url.replace('127.0.0.1', 'localhost');
    const tried = (url) =>
      page.run(
        (url) =>
          new Promise((resolve) => {
            addEventListener('message', ({ data }) => resolve(data), { once: true });
            const frame = document.createElement('iframe');
            frame.src = url;
            document.body.append(frame);
          }),
        url,
      );
    const framed = (embedded = '') => `${framing.url}framed?${challenge('sign').nonce}&${embedded}`;
    try {
      await open(page, `${other}watched`);
      equal(await tried(framed()), 'unsupported', 'in another site');
      equal(await tried(framed('embedded')), 'asked', 'in another site, as asked for');
      await open(page, `${framing.url}watched`);
      equal(await tried(framed()), 'asked', 'in its own site');
      equal(await tried(`${other}nest#${framed()}`), 'unsupported', 'in another site within its own');
    } finally {
      framing.close();
      await open(page, site.url);
    }
  });
};
