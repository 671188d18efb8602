package dev.enclave.pkcs11.internal.keys;

import dev.enclave.Bytes;
import dev.enclave.KeyOrigin;
import dev.enclave.cryptoki.Attributes;
import dev.enclave.cryptoki.Ck;
import dev.enclave.cryptoki.CryptokiException;
import dev.enclave.kit.key.ServiceKey.Material;
import dev.enclave.pkcs11.internal.calls.TokenSession;
import dev.enclave.spi.BackendFailure;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A private or secret key as the token tells it. Immutable.
 *
 * @param label its CKA_LABEL
 * @param id its CKA_ID
 * @param type CKK_ of {@link Ck}; -1 if it is none that is known
 * @param on whether it may be used
 * @param kept whether nobody can read it at the token: sensitive and not extractable; and, of one
 *     that the token made, always so. Of any other the token cannot say that it was
 * @param local whether the token made it
 * @param curve of an elliptic curve
 * @param bits of RSA, the length of the modulus; of AES, of the key
 * @param spki the public key (RFC 5280 §4.1.2.7); nothing where the token does not tell it
 */
record TokenKey(
    String label,
    Bytes id,
    long type,
    boolean on,
    boolean kept,
    boolean local,
    Optional<String> curve,
    int bits,
    Optional<Bytes> spki) {

  private static final long CKA_ALWAYS_SENSITIVE = 0x165;

  private static final long[] ASKED = {
    Ck.CKA_LABEL,
    Ck.CKA_ID,
    Ck.CKA_KEY_TYPE,
    Ck.CKA_SENSITIVE,
    Ck.CKA_EXTRACTABLE,
    CKA_ALWAYS_SENSITIVE,
    Ck.CKA_NEVER_EXTRACTABLE,
    Ck.CKA_LOCAL
  };

  private static final String EC = "06072a8648ce3d0201";
  private static final String ED25519 = "06032b6570";

  /** Its kind, private or secret, with an id. */
  static Attributes ofClass(long kind) {
    return new Attributes().with(Ck.CKA_TOKEN, true).with(Ck.CKA_CLASS, kind);
  }

  /**
   * Reads one.
   *
   * @param kind CKO_PRIVATE_KEY or CKO_SECRET_KEY
   * @return nothing if it was destroyed meanwhile
   */
  static Optional<TokenKey> read(TokenSession session, long kind, long handle)
      throws CryptokiException, BackendFailure {
    Optional<Attributes> told = session.attributes(handle, ASKED);
    long type = told.isEmpty() ? -1 : told.get().ulong(Ck.CKA_KEY_TYPE).orElse(-1);
    long use = kind == Ck.CKO_SECRET_KEY ? Ck.CKA_DECRYPT : Ck.CKA_SIGN;
    // One by one: a library may refuse a list of which a key does not have one.
    Optional<Attributes> usable = session.attributes(handle, use);
    if (told.isEmpty() || usable.isEmpty()) {
      return Optional.empty();
    }
    Attributes all = told.get();
    byte[] id = all.bytes(Ck.CKA_ID).orElse(new byte[0]);
    boolean local = all.bool(Ck.CKA_LOCAL).orElse(false);
    boolean kept =
        all.bool(Ck.CKA_SENSITIVE).orElse(false)
            && !all.bool(Ck.CKA_EXTRACTABLE).orElse(true)
            && (!local
                || (all.bool(CKA_ALWAYS_SENSITIVE).orElse(true)
                    && all.bool(Ck.CKA_NEVER_EXTRACTABLE).orElse(true)));
    Optional<Attributes> half = publicHalf(session, kind, handle, id, type);
    Optional<byte[]> spki = half.flatMap(it -> spki(type, it));
    int bits =
        type == Ck.CKK_AES
            ? 8 * (int) valueLength(session, handle)
            : half.flatMap(it -> it.bytes(Ck.CKA_MODULUS))
                .map(modulus -> new BigInteger(1, modulus).bitLength())
                .orElse(0);
    return Optional.of(
        new TokenKey(
            all.text(Ck.CKA_LABEL).orElse(""),
            Bytes.of(id),
            type,
            usable.get().bool(use).orElse(false),
            kept,
            local,
            half.flatMap(it -> it.bytes(Ck.CKA_EC_PARAMS)).flatMap(TokenScheme::curve),
            bits,
            spki.map(Bytes::of)));
  }

  private static long valueLength(TokenSession session, long handle) throws CryptokiException {
    Optional<Attributes> told = session.attributes(handle, Ck.CKA_VALUE_LEN);
    return told.isEmpty() ? 0 : told.get().ulong(Ck.CKA_VALUE_LEN).orElse(0);
  }

  /** What tells the public key: the object with the same id, else the private one itself. */
  private static Optional<Attributes> publicHalf(
      TokenSession session, long kind, long handle, byte[] id, long type)
      throws CryptokiException, BackendFailure {
    if (kind != Ck.CKO_PRIVATE_KEY) {
      return Optional.empty();
    }
    long[] asked =
        type == Ck.CKK_RSA
            ? new long[] {Ck.CKA_MODULUS, Ck.CKA_PUBLIC_EXPONENT}
            : new long[] {Ck.CKA_EC_PARAMS, Ck.CKA_EC_POINT};
    if (id.length > 0) {
      List<Long> halves = session.find(ofClass(Ck.CKO_PUBLIC_KEY).with(Ck.CKA_ID, id));
      for (long half : halves) {
        Optional<Attributes> told = session.attributes(half, asked);
        if (told.flatMap(it -> spki(type, it)).isPresent()) {
          return told;
        }
      }
    }
    return session.attributes(handle, asked);
  }

  /** Nothing if there is too little for one. */
  static Optional<byte[]> spki(long type, Attributes half) {
    if (type == Ck.CKK_RSA) {
      return half.bytes(Ck.CKA_MODULUS)
          .flatMap(
              modulus ->
                  half.bytes(Ck.CKA_PUBLIC_EXPONENT).flatMap(exponent -> rsa(modulus, exponent)));
    }
    Optional<byte[]> point = half.bytes(Ck.CKA_EC_POINT);
    Optional<byte[]> parameters = half.bytes(Ck.CKA_EC_PARAMS);
    Optional<String> curve = parameters.flatMap(TokenScheme::curve);
    if (point.isEmpty() || curve.isEmpty()) {
      return Optional.empty();
    }
    // DER around it (PKCS#11 2.40 §2.3.3), or bare, as some tokens have it.
    int length =
        switch (curve.get()) {
          case "Ed25519" -> 32;
          case "P-384" -> 97;
          case "P-521" -> 133;
          default -> 65;
        };
    byte[] told = point.get();
    if (told.length < length) {
      return Optional.empty();
    }
    byte[] bare = Arrays.copyOfRange(told, told.length - length, told.length);
    HexFormat hex = HexFormat.of();
    byte[] algorithm =
        curve.get().equals("Ed25519")
            ? hex.parseHex(ED25519)
            : hex.parseHex(EC + hex.formatHex(parameters.get()));
    byte[] bits = new byte[length + 1];
    System.arraycopy(bare, 0, bits, 1, length);
    return Optional.of(der(0x30, join(der(0x30, algorithm), der(3, bits))));
  }

  private static Optional<byte[]> rsa(byte[] modulus, byte[] exponent) {
    RSAPublicKeySpec key =
        new RSAPublicKeySpec(new BigInteger(1, modulus), new BigInteger(1, exponent));
    try {
      return Optional.of(KeyFactory.getInstance("RSA").generatePublic(key).getEncoded());
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  static byte[] der(int tag, byte[] content) {
    byte[] head =
        content.length < 0x80
            ? new byte[] {(byte) tag, (byte) content.length}
            : new byte[] {(byte) tag, (byte) 0x81, (byte) content.length};
    return join(head, content);
  }

  private static byte[] join(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  Material material() {
    return on ? Material.ON : Material.OFF;
  }

  /** One that the token did not make came from outside. */
  KeyOrigin origin() {
    return local ? KeyOrigin.GENERATED : KeyOrigin.IMPORTED;
  }
}
