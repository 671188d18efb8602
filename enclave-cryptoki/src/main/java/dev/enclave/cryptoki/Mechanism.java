package dev.enclave.cryptoki;

import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A mechanism with its parameter (CK_MECHANISM). Immutable but for arrays, which are not copied.
 */
public final class Mechanism {

  private static final long CKZ_DATA_SPECIFIED = 1;

  private final long type;
  private final @Nullable Object[] fields;

  private Mechanism(long type, @Nullable Object... fields) {
    this.type = type;
    this.fields = fields;
  }

  /**
   * A mechanism without a parameter, such as CKM_ECDSA, CKM_EDDSA (which is Ed25519 without a
   * context then) or the generation of a key.
   *
   * @param type CKM_ of {@link Ck}, or a vendor's
   */
  public static Mechanism of(long type) {
    return new Mechanism(type);
  }

  /**
   * A mechanism of RSA-PSS (CK_RSA_PKCS_PSS_PARAMS).
   *
   * @param type CKM_RSA_PKCS_PSS, which takes a digest, or one that hashes
   * @param hash the hash, such as CKM_SHA256
   * @param mgf the mask generation function, such as CKG_MGF1_SHA256
   * @param saltLength the length of the salt, in bytes
   */
  public static Mechanism rsaPss(long type, long hash, long mgf, long saltLength) {
    return new Mechanism(type, hash, mgf, saltLength);
  }

  /**
   * CKM_RSA_PKCS_OAEP with an empty label (CK_RSA_PKCS_OAEP_PARAMS).
   *
   * @param hash the hash of the label, such as CKM_SHA256
   * @param mgf the mask generation function, such as CKG_MGF1_SHA256
   */
  public static Mechanism rsaOaep(long hash, long mgf) {
    return new Mechanism(Ck.CKM_RSA_PKCS_OAEP, hash, mgf, CKZ_DATA_SPECIFIED, null, 0L);
  }

  /**
   * CKM_AES_GCM (CK_GCM_PARAMS).
   *
   * @param iv the initialization vector, in general of 12 bytes
   * @param additionalData the additional authenticated data, or nothing
   * @param tagBits the length of the tag in bits, in general 128
   */
  public static Mechanism aesGcm(byte[] iv, byte[] additionalData, long tagBits) {
    byte @Nullable [] data = additionalData.length == 0 ? null : additionalData;
    long ivLength = iv.length;
    return new Mechanism(
        Ck.CKM_AES_GCM, iv, ivLength, 8 * ivLength, data, (long) additionalData.length, tagBits);
  }

  byte[] structure(Layout layout, ToLongFunction<byte[]> place) {
    byte @Nullable [] parameter = fields.length == 0 ? null : layout.structure(place, fields);
    return layout.structure(place, type, parameter, parameter == null ? 0L : parameter.length);
  }
}
