import { WalletError } from './types.js';

// Nothing of the page's styles comes in, not by what is inherited either: no rem, which the page sets. WebKit keeps what it computed of
// an earlier dialog's vw, vh and media queries in a window of another size; percentages are computed anew.
const STYLE = `:host{all:initial !important;color-scheme:light dark !important;direction:ltr !important}
dialog{box-sizing:border-box;display:flex;flex-direction:column;inset:2% 0 auto;margin:0 auto;width:32em;max-width:94%;max-height:96%;padding:1em 1.25em;overflow:auto;border:1px solid #0000;border-radius:12px;color:light-dark(#16202c,#e8eef5);background:light-dark(#fff,#1b2633);font:medium/1.5 system-ui,sans-serif;box-shadow:0 12px 48px #0008}
dialog::backdrop{background:#0b1220b3}
header{min-height:4.5em;overflow:auto}
h2{margin:0 0 .5em;font-size:1.2em}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25em 1em;margin:0 0 .75em}
dt,small,p{color:light-dark(#4a5868,#aebccb)}
dd{margin:0;overflow-wrap:anywhere}
pre{flex-shrink:1e9;margin:0;min-height:3em;box-sizing:border-box;padding:.75em;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate-override;font:inherit;border-radius:8px;background:light-dark(#eef2f7,#101923)}
bdi{direction:rtl;border-bottom:2px dotted}
div{height:1px;margin-top:-1px}
small{flex:none;margin-top:.5em}
footer{flex:none;margin-top:1em;display:flex;flex-wrap:wrap;justify-content:flex-end;gap:.25em .75em}
p{flex:1 0 13em;min-height:1.5em;margin:0;align-self:center}
button{min-height:44px;padding:0 1.25em;border-radius:8px;font:inherit;font-weight:600;cursor:pointer;border:1px solid light-dark(#0b5cad,#8cc4ff);color:light-dark(#0b5cad,#8cc4ff);background:#0000}
button[value]{color:light-dark(#fff,#0d1520);background:light-dark(#0b5cad,#8cc4ff)}
[aria-disabled=true]{opacity:.4;cursor:default}
:focus-visible{outline:3px solid light-dark(#b45309,#ffc46b);outline-offset:2px}`;

/** What the user is asked: a title, facts by name, and the text that is signed. */
export interface Question {
  title: string;
  facts: [string, string][];
  text: string;
}

/** What reorders, hides or draws nothing, blanks that could push a part out of sight, and marks that could cover what is beside them. */
const HIDDEN = /[^\P{C}\n]|[\u2028\u2029\u2800\ufffc\u{16fe4}\u{1d159}]|\p{Default_Ignorable_Code_Point}|\s{17}|(\n[^\S\n]*){3}|\p{M}{5}/u;

/** Letters from right to left, and what is between them but digits and other letters. */
const RIGHT_TO_LEFT = /((?!\p{N})[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}](?:[^\p{L}\p{N}\n]*(?!\p{N})[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}])*)/u;

/** How long a question is seen before it can be answered, in milliseconds. */
const SEEN = 700;

/** As they were when this was loaded. */
const now: () => number = performance.now.bind(performance);
const every: (work: () => void, milliseconds: number) => number = setInterval;

/** Whether a text is shown as it is: nothing in it is invisible, turns its direction, or makes a gap of 17 blanks or three ends of lines. */
export const isReadable = (text: string): boolean => /\S/.test(text) && text.length <= 4096 && !HIDDEN.test(text);

/** Whether a page of another origin holds this one in a frame, at whatever distance. */
export const isFramed = (): boolean => {
  try {
    for (let own: Window = window; own !== own.parent; own = own.parent) if (own.parent.origin !== origin) return true;
    return false;
  } catch {
    return true;
  }
};

/**
 * Asks in a dialog that page scripts cannot reach into; resolves on the user's own gesture, rejects otherwise. The gesture counts
 * once the ends of facts and text were seen, and 700 ms more passed in one window of one size that was not left.
 */
export const confirm = (question: Question): Promise<void> =>
  new Promise((resolve, reject) => {
    if (document.querySelector('enclave-confirm')) throw new WalletError('cancelled', 'Another question of the wallet is open. Answer it first.');
    const host = document.createElement('enclave-confirm');
    const root = host.attachShadow({ mode: 'closed' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const make = <K extends keyof HTMLElementTagNameMap>(tag: K, ...content: (string | Node)[]): HTMLElementTagNameMap[K] => {
      const element = document.createElement(tag);
      element.append(...content);
      return element;
    };
    const parts = question.text.split(RIGHT_TO_LEFT);
    const ends = [make('div'), make('div')] as const;
    const text = make('pre', ...parts.map((part, i) => (i % 2 ? make('bdi', part) : part)), ends[1]);
    text.tabIndex = 0;
    text.role = 'region';
    text.ariaLabel = 'What is signed';
    const facts = make('dl', ...question.facts.flatMap(([name, value]) => [make('dt', name), make('dd', value)]));
    const hint = make('p');
    hint.id = 'hint';
    const cancel = make('button', 'Cancel');
    const accept = make('button', 'Sign');
    accept.value = 'sign';
    accept.setAttribute('aria-describedby', 'hint');
    const dialog = make('dialog', make('header', make('h2', question.title), facts, ends[0]), text, parts[1] ? make('small', 'Dotted words run from right to left, all else from left to right.') : '', make('footer', hint, cancel, accept));
    dialog.ariaLabel = question.title;
    root.append(dialog);

    const seen = new Set<Element>();
    let since = 0;
    let early = false;
    const counts = (at: number): boolean => seen.size > 1 && at - since >= SEEN;
    const show = (): void => {
      accept.ariaDisabled = String(!counts(now()));
    };
    // It tells what was drawn, so that a page that is busy after it asked wins nothing.
    const watch = new IntersectionObserver((all) => {
      for (const { isIntersecting, target } of all) {
        if (!isIntersecting || seen.has(target)) continue;
        seen.add(target);
        since = now();
      }
      hint.textContent = seen.size > 1 ? '' : 'Scroll to the end to sign.';
    });
    const again = (): void => {
      seen.clear();
      watch.disconnect();
      ends.forEach((end) => watch.observe(end));
      show();
    };
    const open = new AbortController();
    for (const type of ['blur', 'focus', 'resize', 'visibilitychange']) addEventListener(type, again, { signal: open.signal });

    const end = (done: () => void): void => {
      open.abort();
      watch.disconnect();
      clearInterval(timer);
      host.remove();
      done();
    };
    const refuse = () => end(() => reject(new WalletError('cancelled', 'Nothing was signed: the request was not confirmed.')));
    const timer = every(() => (host.isConnected ? show() : refuse()), 50);
    cancel.onclick = refuse;
    dialog.oncancel = refuse;
    // A press counts from its beginning, and a key that is held is pressed once.
    accept.onpointerdown = accept.onkeydown = (event: Event) => {
      early = !counts(event.timeStamp) || !!(event as KeyboardEvent).repeat;
    };
    accept.onclick = (event) => {
      // Only what the user's own hand did counts; a script's click has neither.
      if (event.isTrusted && !early && counts(event.timeStamp) && navigator.userActivation?.isActive !== false) end(resolve);
    };
    document.body.append(host);
    dialog.showModal();
    text.focus({ preventScroll: true });
    again();
  });
