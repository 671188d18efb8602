package dev.enclave.cryptoki;

import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A mechanism with its parameter (CK_MECHANISM). Immutable but for arrays, which are not copied.
 */
public final class Mechanism {

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
   * CKM_RSA_PKCS_PSS (CK_RSA_PKCS_PSS_PARAMS), which takes a digest. The hash and the mask
   * generation function are such as CKM_SHA256 and CKG_MGF1_SHA256, and the length of the salt is
   * in bytes.
   */
  public static Mechanism rsaPss(long hash, long mgf, long saltLength) {
    return new Mechanism(Ck.CKM_RSA_PKCS_PSS, hash, mgf, saltLength);
  }

  /** CKM_RSA_PKCS_OAEP with an empty label (CK_RSA_PKCS_OAEP_PARAMS); else as {@link #rsaPss}. */
  public static Mechanism rsaOaep(long hash, long mgf) {
    return new Mechanism(Ck.CKM_RSA_PKCS_OAEP, hash, mgf, 1L /* CKZ_DATA_SPECIFIED */, null, 0L);
  }

  /**
   * CKM_AES_GCM with additional data, which may be empty, and a tag of 128 bits (CK_GCM_PARAMS).
   */
  public static Mechanism aesGcm(byte[] iv, byte[] data) {
    long length = iv.length;
    return new Mechanism(Ck.CKM_AES_GCM, iv, length, 8 * length, data, (long) data.length, 128L);
  }

  byte[] structure(Layout layout, ToLongFunction<byte[]> place) {
    byte[] parameter = layout.structure(place, fields);
    return layout.structure(
        place, type, parameter.length == 0 ? null : parameter, (long) parameter.length);
  }
}
