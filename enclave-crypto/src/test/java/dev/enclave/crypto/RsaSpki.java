package dev.enclave.crypto;

import dev.enclave.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** Puts a PKCS#1 public key under the identifier rsaEncryption. */
final class RsaSpki {

  private RsaSpki() {}

  static byte[] of(Bytes pkcs1) {
    try {
      AlgorithmIdentifier rsa =
          new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);
      return new SubjectPublicKeyInfo(rsa, pkcs1.toByteArray()).getEncoded();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
