import { WalletError } from './types.js';

const STYLE = `
:host { color-scheme: light dark }
dialog { box-sizing: border-box; width: min(32rem, 92vw); max-height: 88vh; overflow: auto; border: 0; border-radius: 12px; padding: 1.25rem 1.5rem;
  color: light-dark(#16202c, #e8eef5); background: light-dark(#fff, #1b2633); font: 1rem/1.5 system-ui, sans-serif; box-shadow: 0 12px 48px #0008 }
dialog::backdrop { background: #0b1220b3 }
h2 { margin: 0 0 .75rem; font-size: 1.2rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0 0 .75rem }
dt { color: light-dark(#4a5868, #aebccb) } dd { margin: 0; overflow-wrap: anywhere }
pre { margin: 0; padding: .75rem; white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; border-radius: 8px; background: light-dark(#eef2f7, #101923) }
div { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: .75rem; margin-top: 1.25rem }
button { min-height: 44px; padding: 0 1.25rem; border-radius: 8px; font: inherit; font-weight: 600; cursor: pointer; border: 1px solid light-dark(#0b5cad, #8cc4ff);
  color: light-dark(#0b5cad, #8cc4ff); background: transparent }
button[value] { color: light-dark(#fff, #0d1520); background: light-dark(#0b5cad, #8cc4ff) }
button:focus-visible { outline: 3px solid light-dark(#b45309, #ffc46b); outline-offset: 2px }
`;

/** What the user is asked: a title, facts by name, and the text that is signed. */
export interface Question {
  title: string;
  facts: [string, string][];
  text: string;
}

/** Characters that reorder or hide what is read. */
const HIDDEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]|\p{Default_Ignorable_Code_Point}|\p{Cf}/u;

/** Whether a text is shown as it is: nothing in it is invisible or turns its direction. */
export const isReadable = (text: string): boolean =>
  text.trim() !== '' && text.length <= 4096 && !HIDDEN.test(text) && !/\p{Surrogate}/u.test(text);

/** Asks in a dialog that page scripts cannot reach into; resolves on the user's own gesture, rejects otherwise. */
export const confirm = (question: Question): Promise<void> =>
  new Promise((resolve, reject) => {
    const host = document.createElement('enclave-confirm');
    const root = host.attachShadow({ mode: 'closed' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const make = <K extends keyof HTMLElementTagNameMap>(tag: K, text = ''): HTMLElementTagNameMap[K] => {
      const element = document.createElement(tag);
      element.textContent = text;
      return element;
    };
    const dialog = make('dialog');
    const title = make('h2', question.title);
    title.id = 'title';
    const text = make('pre', question.text);
    text.tabIndex = 0;
    text.setAttribute('role', 'region');
    text.setAttribute('aria-label', 'What is signed');
    const facts = make('dl');
    facts.append(...question.facts.flatMap(([name, value]) => [make('dt', name), make('dd', value)]));
    const cancel = make('button', 'Cancel');
    const accept = make('button', 'Sign');
    accept.value = 'sign';
    const buttons = make('div');
    buttons.append(cancel, accept);
    dialog.setAttribute('aria-labelledby', 'title');
    dialog.append(title, facts, text, buttons);
    root.append(dialog);
    document.body.append(host);
    const end = (done: () => void): void => {
      host.remove();
      done();
    };
    const refuse = () => end(() => reject(new WalletError('cancelled', 'Nothing was signed: the request was not confirmed.')));
    cancel.onclick = refuse;
    dialog.oncancel = refuse;
    accept.onclick = (event) => {
      // Only what the user's own hand did counts; a script's click has neither.
      if (event.isTrusted && navigator.userActivation?.isActive !== false) end(resolve);
    };
    dialog.showModal();
    cancel.focus();
  });
