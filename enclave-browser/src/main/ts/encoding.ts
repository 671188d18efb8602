/** Bytes of their own buffer, which Web Crypto and IndexedDB take. */
export type Octets = Uint8Array<ArrayBuffer>;

export const utf8 = (text: string): Octets => new TextEncoder().encode(text) as Octets;

export const random = (length: number): Octets => crypto.getRandomValues(new Uint8Array(length));

export const hex = (bytes: Octets): string =>
  Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');

export const concat = (...parts: Octets[]): Octets => new Uint8Array(parts.flatMap((part) => [...part]));

export const base64 = (bytes: Octets): string =>
  btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(''));

export const base64url = (bytes: Octets): string =>
  base64(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');

export const fromBase64 = (text: string): Octets =>
  Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

export const equal = (a: Octets, b: Octets): boolean =>
  a.length === b.length && a.reduce((sum, byte, i) => sum | (byte ^ b[i]!), 0) === 0;

/** Octets of a number below 2³¹, the highest first. */
const bigEndian = (value: number): number[] => (value < 256 ? [value] : [...bigEndian(value >> 8), value & 255]);

/** DER (X.690 §8.1): tag, length, content. */
export const der = (tag: number, ...parts: Octets[]): Octets => {
  const content = concat(...parts);
  const length = bigEndian(content.length);
  return concat(Uint8Array.of(tag, ...(content.length < 128 ? length : [128 + length.length, ...length])), content);
};

export const sequence = (...parts: Octets[]): Octets => der(0x30, ...parts);
export const octets = (content: Octets): Octets => der(4, content);

export const integer = (value: number): Octets => {
  const bytes = bigEndian(value);
  return der(2, Uint8Array.of(...(bytes[0]! > 127 ? [0, ...bytes] : bytes)));
};

/** In groups of seven bits, all but the last marked by the eighth. */
const base128 = (arc: bigint, mark = 0): number[] => [...(arc > 127n ? base128(arc >> 7n, 128) : []), Number(arc & 127n) | mark];

/** An object identifier; arcs may be larger than a number holds. */
export const oid = (text: string): Octets => {
  const [first, second, ...rest] = text.split('.').map(BigInt);
  return der(6, Uint8Array.of(...[first! * 40n + second!, ...rest].flatMap((arc) => base128(arc))));
};

/** Reads DER, element by element; throws a RangeError at anything else. */
export class Reader {
  #at = 0;

  readonly #bytes: Octets;

  constructor(bytes: Octets) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The tag of the next element; -1 at the end. */
  get tag(): number {
    return this.#bytes[this.#at] ?? -1;
  }

  /** The next element's content. */
  read(tag: number): Octets {
    return this.#element(tag)[1];
  }

  /** The next element whole. */
  whole(tag: number): Octets {
    return this.#element(tag)[0];
  }

  inside(tag: number): Reader {
    return new Reader(this.read(tag));
  }

  number(): number {
    return this.read(2).reduce((sum, byte) => sum * 256 + byte, 0);
  }

  end(): void {
    if (!this.done) throw new RangeError('more than expected');
  }

  #element(tag: number): [Octets, Octets] {
    const start = this.#at;
    if (this.#bytes[this.#at++] !== tag) throw new RangeError('another element');
    let length = this.#bytes[this.#at++] ?? 256;
    if (length > 127) {
      const count = length & 127;
      if (count < 1 || count > 3) throw new RangeError('length');
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + (this.#bytes[this.#at++] ?? NaN);
    }
    const end = this.#at + length;
    if (!(end <= this.#bytes.length)) throw new RangeError('end');
    const content = this.#bytes.slice(this.#at, end);
    this.#at = end;
    return [this.#bytes.slice(start, end), content];
  }
}
