package dev.enclave.crypto.internal.signature;

import dev.enclave.Bytes;
import dev.enclave.SignatureEncoding;
import dev.enclave.crypto.internal.encoding.Curve;
import dev.enclave.crypto.internal.encoding.DerWriter;
import java.util.Optional;

/**
 * ECDSA signatures in DER (Ecdsa-Sig-Value, RFC 5480 appendix A): a sequence of two integers and
 * nothing looser, read in place. Neither integer has a long length, for no order has 128 octets.
 */
final class EcdsaDer {

  private static final int LONG_FORM = 0x81;

  /** A sequence of two integers of one octet. */
  private static final int SHORTEST = 8;

  private EcdsaDer() {}

  /** Where the numbers lie; empty when this is not DER. Their range is not checked. */
  static Optional<EcdsaValue> read(Curve curve, Bytes signature) {
    int r = content(signature);
    int rEnd = r == 0 ? 0 : end(signature, r);
    int sEnd = rEnd == 0 ? 0 : end(signature, rEnd);
    if (sEnd == 0 || sEnd != signature.size()) {
      return Optional.empty();
    }
    int rAt = number(signature, r);
    int sAt = number(signature, rEnd);
    return Optional.of(
        new EcdsaValue(curve, SignatureEncoding.DER, signature, rAt, rEnd - rAt, sAt, sEnd - sAt));
  }

  /** Where the content of the sequence begins, which reaches to the end; 0 when it does not. */
  private static int content(Bytes bytes) {
    int size = bytes.size();
    if (size < SHORTEST || bytes.at(0) != DerWriter.SEQUENCE) {
      return 0;
    }
    int length = bytes.at(1) & 0xff;
    if (length < 0x80) {
      return length == size - 2 ? 2 : 0;
    }
    boolean longEnough = length == LONG_FORM && size - 3 >= 0x80;
    return longEnough && (bytes.at(2) & 0xff) == size - 3 ? 3 : 0;
  }

  /** Where the integer at {@code at} ends; 0 when there is none in its shortest form. */
  private static int end(Bytes bytes, int at) {
    int size = bytes.size();
    if (at + 2 >= size || bytes.at(at) != DerWriter.INTEGER) {
      return 0;
    }
    int length = bytes.at(at + 1);
    int first = at + 2;
    if (length < 1 || length > size - first || bytes.at(first) < 0) {
      return 0;
    }
    boolean needlessZero = length > 1 && bytes.at(first) == 0 && bytes.at(first + 1) >= 0;
    return needlessZero ? 0 : first + length;
  }

  /** Where the integer's first octet lies that is not its sign; at its end for zero. */
  private static int number(Bytes bytes, int integerAt) {
    int first = integerAt + 2;
    return bytes.at(first) == 0 ? first + 1 : first;
  }

  static byte[] write(EcdsaValue value) {
    int r = value.rLength() + (value.rIsNegativeWithoutSign() ? 1 : 0);
    int s = value.sLength() + (value.sIsNegativeWithoutSign() ? 1 : 0);
    int content = 4 + r + s;
    int header = content < 0x80 ? 2 : 3;
    byte[] der = new byte[header + content];
    der[0] = DerWriter.SEQUENCE;
    der[1] = (byte) LONG_FORM;
    der[header - 1] = (byte) content;
    der[header] = DerWriter.INTEGER;
    der[header + 1] = (byte) r;
    value.copyR(der, header + 2 + r - value.rLength());
    der[header + 2 + r] = DerWriter.INTEGER;
    der[header + 3 + r] = (byte) s;
    value.copyS(der, header + 4 + r + s - value.sLength());
    return der;
  }
}
