package dev.enclave.crypto.internal.hash;

import dev.enclave.crypto.internal.encoding.BouncyCastle;
import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;

/** HKDF (RFC 5869) over SHA-256 without a salt. */
public final class Hkdf {

  private Hkdf() {}

  public static byte[] sha256(byte[] inputKey, String info, int length) {
    HKDFBytesGenerator generator = new HKDFBytesGenerator(BouncyCastle.sha256());
    generator.init(new HKDFParameters(inputKey, null, info.getBytes(StandardCharsets.US_ASCII)));
    byte[] result = new byte[length];
    generator.generateBytes(result, 0, length);
    return result;
  }
}
