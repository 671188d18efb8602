package dev.enclave.cryptoki;

/** Constants of the standard, under its names. */
public final class Ck {
  // -- Classes of objects, values of CKA_CLASS.
  public static final long CKO_DATA = 0x0;
  public static final long CKO_PUBLIC_KEY = 0x2;
  public static final long CKO_PRIVATE_KEY = 0x3;
  public static final long CKO_SECRET_KEY = 0x4;
  // -- Types of keys, values of CKA_KEY_TYPE.
  public static final long CKK_RSA = 0x0;
  public static final long CKK_EC = 0x3;
  public static final long CKK_AES = 0x1f;
  public static final long CKK_EC_EDWARDS = 0x40;
  // -- Attributes.
  public static final long CKA_CLASS = 0x0;
  public static final long CKA_TOKEN = 0x1;
  public static final long CKA_PRIVATE = 0x2;
  public static final long CKA_LABEL = 0x3;
  public static final long CKA_APPLICATION = 0x10;
  public static final long CKA_VALUE = 0x11;
  public static final long CKA_KEY_TYPE = 0x100;
  public static final long CKA_ID = 0x102;
  public static final long CKA_SENSITIVE = 0x103;
  public static final long CKA_ENCRYPT = 0x104;
  public static final long CKA_DECRYPT = 0x105;
  public static final long CKA_WRAP = 0x106;
  public static final long CKA_UNWRAP = 0x107;
  public static final long CKA_SIGN = 0x108;
  public static final long CKA_VERIFY = 0x10a;
  public static final long CKA_MODULUS = 0x120;
  public static final long CKA_MODULUS_BITS = 0x121;
  public static final long CKA_PUBLIC_EXPONENT = 0x122;
  public static final long CKA_VALUE_LEN = 0x161;
  public static final long CKA_EXTRACTABLE = 0x162;
  public static final long CKA_LOCAL = 0x163;
  public static final long CKA_NEVER_EXTRACTABLE = 0x164;
  public static final long CKA_MODIFIABLE = 0x170;
  public static final long CKA_EC_PARAMS = 0x180;
  public static final long CKA_EC_POINT = 0x181;
  // -- Mechanisms, and mask generation functions of RSA.
  public static final long CKM_RSA_PKCS_KEY_PAIR_GEN = 0x0;
  public static final long CKM_RSA_PKCS = 0x1;
  public static final long CKM_RSA_PKCS_OAEP = 0x9;
  public static final long CKM_RSA_PKCS_PSS = 0xd;
  public static final long CKM_SHA_1 = 0x220;
  public static final long CKM_SHA256 = 0x250;
  public static final long CKM_SHA384 = 0x260;
  public static final long CKM_SHA512 = 0x270;
  public static final long CKM_EC_KEY_PAIR_GEN = 0x1040;
  public static final long CKM_ECDSA = 0x1041;
  public static final long CKM_EC_EDWARDS_KEY_PAIR_GEN = 0x1055;
  public static final long CKM_EDDSA = 0x1057;
  public static final long CKM_AES_KEY_GEN = 0x1080;
  public static final long CKM_AES_GCM = 0x1087;
  public static final long CKM_AES_KEY_WRAP_PAD = 0x210a;
  public static final long CKM_AES_KEY_WRAP_KWP = 0x210b;
  public static final long CKG_MGF1_SHA1 = 0x1;
  public static final long CKG_MGF1_SHA256 = 0x2;
  public static final long CKG_MGF1_SHA384 = 0x3;
  public static final long CKG_MGF1_SHA512 = 0x4;
  // -- The user, of others than the security officer.
  public static final long CKU_USER = 1;
  // -- Flags of tokens and mechanisms.
  public static final long CKF_LOGIN_REQUIRED = 0x4;
  public static final long CKF_USER_PIN_INITIALIZED = 0x8;
  public static final long CKF_PROTECTED_AUTHENTICATION_PATH = 0x100;
  public static final long CKF_TOKEN_INITIALIZED = 0x400;
  public static final long CKF_USER_PIN_COUNT_LOW = 0x10000;
  public static final long CKF_USER_PIN_FINAL_TRY = 0x20000;
  public static final long CKF_USER_PIN_LOCKED = 0x40000;
  public static final long CKF_USER_PIN_TO_BE_CHANGED = 0x80000;
  public static final long CKF_ENCRYPT = 0x100;
  public static final long CKF_SIGN = 0x800;
  public static final long CKF_UNWRAP = 0x40000;
  // -- Return values that this binding knows.
  static final long CKR_OK = 0x0;
  static final long CKR_ATTRIBUTE_SENSITIVE = 0x11;
  static final long CKR_ATTRIBUTE_TYPE_INVALID = 0x12;
  static final long CKR_FUNCTION_NOT_SUPPORTED = 0x54;
  static final long CKR_SESSION_HANDLE_INVALID = 0xb3;
  static final long CKR_BUFFER_TOO_SMALL = 0x150;
  static final long CKR_CRYPTOKI_NOT_INITIALIZED = 0x190;
  static final long CKR_CRYPTOKI_ALREADY_INITIALIZED = 0x191;

  private Ck() {}
}
