package dev.enclave.crypto.internal.encoding;

import dev.enclave.crypto.internal.texts.Texts;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * Reads DER (X.690 §10) and nothing looser: definite lengths in their shortest form, integers in
 * their shortest form and not negative, and, by {@link #end()}, nothing after the last element.
 */
public final class DerReader {

  private final byte[] data;
  private final int end;
  private int at;

  public DerReader(byte[] data) {
    this(data, 0, data.length);
  }

  private DerReader(byte[] data, int from, int end) {
    this.data = data;
    this.at = from;
    this.end = end;
  }

  public DerReader sequence() throws DerException {
    return inside(DerWriter.SEQUENCE);
  }

  /** The content of a constructed element. */
  public DerReader inside(int tag) throws DerException {
    int length = header(tag);
    DerReader content = new DerReader(data, at, at + length);
    at += length;
    return content;
  }

  public BigInteger natural() throws DerException {
    return new BigInteger(naturalOctets());
  }

  /** The octets of an integer that is not negative, in their shortest form (X.690 §8.3). */
  byte[] naturalOctets() throws DerException {
    byte[] content = content(DerWriter.INTEGER);
    if (content.length == 0
        || content[0] < 0
        || (content.length > 1 && content[0] == 0 && content[1] >= 0)) {
      Arrays.fill(content, (byte) 0);
      throw new DerException(Texts.INTEGER_NOT_SHORTEST.with());
    }
    return content;
  }

  public byte[] octetString() throws DerException {
    return content(DerWriter.OCTET_STRING);
  }

  /** The octets of a bit string without unused bits. */
  byte[] bitString() throws DerException {
    byte[] content = content(DerWriter.BIT_STRING);
    if (content.length == 0 || content[0] != 0) {
      throw new DerException(Texts.UNUSED_BITS.with());
    }
    return Arrays.copyOfRange(content, 1, content.length);
  }

  /** A whole element, header included. */
  public byte[] element(int tag) throws DerException {
    int start = at;
    pass(tag);
    return Arrays.copyOfRange(data, start, at);
  }

  /** Passes over an element if it is the next one. */
  void skipOptional(int tag) throws DerException {
    if (nextIs(tag)) {
      pass(tag);
    }
  }

  public boolean nextIs(int tag) {
    return at < end && (data[at] & 0xff) == tag;
  }

  public void end() throws DerException {
    if (at != end) {
      throw new DerException(Texts.BYTES_FOLLOW.with(end - at));
    }
  }

  private void pass(int tag) throws DerException {
    int length = header(tag);
    at += length;
  }

  /** The content octets of a primitive element. */
  public byte[] content(int tag) throws DerException {
    int length = header(tag);
    at += length;
    return Arrays.copyOfRange(data, at - length, at);
  }

  private int header(int tag) throws DerException {
    if (!nextIs(tag)) {
      throw new DerException(Texts.ELEMENT_MISSING.with(tag));
    }
    at++;
    int first = octet();
    int length = first;
    if (first > 0x7f) {
      int octets = first - 0x80;
      if (octets < 1 || octets > 3) {
        throw new DerException(Texts.LENGTH_TOO_LONG.with());
      }
      length = 0;
      for (int i = 0; i < octets; i++) {
        length = length << 8 | octet();
      }
      if (length < (octets == 1 ? 0x80 : 1 << (8 * (octets - 1)))) {
        throw new DerException(Texts.LENGTH_NOT_SHORTEST.with());
      }
    }
    if (length > end - at) {
      throw new DerException(Texts.ELEMENT_CUT_SHORT.with());
    }
    return length;
  }

  private int octet() throws DerException {
    if (at >= end) {
      throw new DerException(Texts.ELEMENT_CUT_SHORT.with());
    }
    return data[at++] & 0xff;
  }
}
