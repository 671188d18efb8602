package dev.enclave.emulators.internal.crypto;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.digests.SHA224Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA3Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;

/** The hash functions of signatures, masks and MACs (FIPS 180-4, FIPS 202). */
public enum Hash {
  SHA_1(20),
  SHA_224(28),
  SHA_256(32),
  SHA_384(48),
  SHA_512(64),
  SHA3_224(28),
  SHA3_256(32),
  SHA3_384(48),
  SHA3_512(64);

  private final int length;

  Hash(int length) {
    this.length = length;
  }

  /** In bytes. */
  public int length() {
    return length;
  }

  ASN1ObjectIdentifier identifier() {
    return switch (this) {
      case SHA_1 -> new ASN1ObjectIdentifier("1.3.14.3.2.26"); // RFC 8017 appendix B.1
      case SHA_224 -> NISTObjectIdentifiers.id_sha224;
      case SHA_256 -> NISTObjectIdentifiers.id_sha256;
      case SHA_384 -> NISTObjectIdentifiers.id_sha384;
      case SHA_512 -> NISTObjectIdentifiers.id_sha512;
      case SHA3_224 -> NISTObjectIdentifiers.id_sha3_224;
      case SHA3_256 -> NISTObjectIdentifiers.id_sha3_256;
      case SHA3_384 -> NISTObjectIdentifiers.id_sha3_384;
      case SHA3_512 -> NISTObjectIdentifiers.id_sha3_512;
    };
  }

  Digest engine() {
    return switch (this) {
      case SHA_1 -> new SHA1Digest();
      case SHA_224 -> new SHA224Digest();
      case SHA_256 -> SHA256Digest.newInstance();
      case SHA_384 -> new SHA384Digest();
      case SHA_512 -> new SHA512Digest();
      case SHA3_224 -> new SHA3Digest(224);
      case SHA3_256 -> new SHA3Digest(256);
      case SHA3_384 -> new SHA3Digest(384);
      case SHA3_512 -> new SHA3Digest(512);
    };
  }

  /** The hash of {@code message}. */
  public byte[] of(byte[] message) {
    Digest engine = engine();
    engine.update(message, 0, message.length);
    byte[] hash = new byte[length];
    engine.doFinal(hash, 0);
    return hash;
  }
}
