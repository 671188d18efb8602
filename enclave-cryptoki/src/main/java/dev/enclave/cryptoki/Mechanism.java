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

  /** CKM_ of {@link Ck}, or a vendor's, without a parameter. CKM_EDDSA is pure Ed25519 then. */
  public static Mechanism of(long type) {
    return new Mechanism(type);
  }

  /**
   * CKM_RSA_PKCS_PSS, which takes a digest (CK_RSA_PKCS_PSS_PARAMS).
   *
   * @param hash the hash, such as CKM_SHA256
   * @param mgf the mask generation function, such as CKG_MGF1_SHA256
   * @param saltLength the length of the salt, in bytes
   */
  public static Mechanism rsaPss(long hash, long mgf, long saltLength) {
    return new Mechanism(Ck.CKM_RSA_PKCS_PSS, hash, mgf, saltLength);
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
   * CKM_AES_GCM with a tag of 128 bits (CK_GCM_PARAMS).
   *
   * @param iv the initialization vector, in general of 12 bytes
   * @param data the additional authenticated data, or nothing
   */
  public static Mechanism aesGcm(byte[] iv, byte[] data) {
    long bits = 8L * iv.length;
    return new Mechanism(
        Ck.CKM_AES_GCM, iv, (long) iv.length, bits, data, (long) data.length, 128L);
  }

  byte[] structure(Layout layout, ToLongFunction<byte[]> place) {
    byte[] parameter = layout.structure(place, fields);
    return layout.structure(
        place, type, parameter.length == 0 ? null : parameter, (long) parameter.length);
  }
}
