package dev.enclave.cryptoki;

/**
 * The standard's constants, under the standard's names, so far as they are used with this binding.
 */
public final class Ck {

  // -- Classes of objects, values of CKA_CLASS.
  public static final long CKO_DATA = 0x0;
  public static final long CKO_CERTIFICATE = 0x1;
  public static final long CKO_PUBLIC_KEY = 0x2;
  public static final long CKO_PRIVATE_KEY = 0x3;
  public static final long CKO_SECRET_KEY = 0x4;

  // -- Types of keys, values of CKA_KEY_TYPE.
  public static final long CKK_RSA = 0x0;
  public static final long CKK_EC = 0x3;
  public static final long CKK_GENERIC_SECRET = 0x10;
  public static final long CKK_AES = 0x1f;
  public static final long CKK_EC_EDWARDS = 0x40;

  // -- Attributes.
  public static final long CKA_CLASS = 0x0;
  public static final long CKA_TOKEN = 0x1;
  public static final long CKA_PRIVATE = 0x2;
  public static final long CKA_LABEL = 0x3;
  public static final long CKA_UNIQUE_ID = 0x4;
  public static final long CKA_APPLICATION = 0x10;
  public static final long CKA_VALUE = 0x11;
  public static final long CKA_OBJECT_ID = 0x12;
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
  public static final long CKA_ALWAYS_SENSITIVE = 0x165;
  public static final long CKA_MODIFIABLE = 0x170;
  public static final long CKA_COPYABLE = 0x171;
  public static final long CKA_DESTROYABLE = 0x172;
  public static final long CKA_EC_PARAMS = 0x180;
  public static final long CKA_EC_POINT = 0x181;
  public static final long CKA_ALWAYS_AUTHENTICATE = 0x202;

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
  public static final long CKM_AES_CBC_PAD = 0x1085;
  public static final long CKM_AES_GCM = 0x1087;
  public static final long CKM_AES_KEY_WRAP_PAD = 0x210a;
  public static final long CKM_AES_KEY_WRAP_KWP = 0x210b;
  public static final long CKG_MGF1_SHA1 = 0x1;
  public static final long CKG_MGF1_SHA256 = 0x2;
  public static final long CKG_MGF1_SHA384 = 0x3;
  public static final long CKG_MGF1_SHA512 = 0x4;

  // -- Users.
  public static final long CKU_SO = 0;
  public static final long CKU_USER = 1;
  public static final long CKU_CONTEXT_SPECIFIC = 2;

  // -- Flags of slots, tokens, mechanisms and sessions, in this order.
  public static final long CKF_TOKEN_PRESENT = 0x1;
  public static final long CKF_HW_SLOT = 0x4;
  public static final long CKF_WRITE_PROTECTED = 0x2;
  public static final long CKF_LOGIN_REQUIRED = 0x4;
  public static final long CKF_USER_PIN_INITIALIZED = 0x8;
  public static final long CKF_PROTECTED_AUTHENTICATION_PATH = 0x100;
  public static final long CKF_TOKEN_INITIALIZED = 0x400;
  public static final long CKF_USER_PIN_COUNT_LOW = 0x10000;
  public static final long CKF_USER_PIN_FINAL_TRY = 0x20000;
  public static final long CKF_USER_PIN_LOCKED = 0x40000;
  public static final long CKF_USER_PIN_TO_BE_CHANGED = 0x80000;
  public static final long CKF_HW = 0x1;
  public static final long CKF_ENCRYPT = 0x100;
  public static final long CKF_DECRYPT = 0x200;
  public static final long CKF_SIGN = 0x800;
  public static final long CKF_VERIFY = 0x2000;
  public static final long CKF_GENERATE = 0x8000;
  public static final long CKF_GENERATE_KEY_PAIR = 0x10000;
  public static final long CKF_WRAP = 0x20000;
  public static final long CKF_UNWRAP = 0x40000;
  public static final long CKF_RW_SESSION = 0x2;
  public static final long CKF_SERIAL_SESSION = 0x4;

  // -- Return values that a caller may act upon. CryptokiException.name() knows all others.
  public static final long CKR_OK = 0x0;
  public static final long CKR_HOST_MEMORY = 0x2;
  public static final long CKR_GENERAL_ERROR = 0x5;
  public static final long CKR_FUNCTION_FAILED = 0x6;
  public static final long CKR_ATTRIBUTE_READ_ONLY = 0x10;
  public static final long CKR_ATTRIBUTE_SENSITIVE = 0x11;
  public static final long CKR_ATTRIBUTE_TYPE_INVALID = 0x12;
  public static final long CKR_ATTRIBUTE_VALUE_INVALID = 0x13;
  public static final long CKR_ACTION_PROHIBITED = 0x1b;
  public static final long CKR_DATA_LEN_RANGE = 0x21;
  public static final long CKR_DEVICE_ERROR = 0x30;
  public static final long CKR_DEVICE_MEMORY = 0x31;
  public static final long CKR_DEVICE_REMOVED = 0x32;
  public static final long CKR_ENCRYPTED_DATA_INVALID = 0x40;
  public static final long CKR_FUNCTION_NOT_SUPPORTED = 0x54;
  public static final long CKR_KEY_HANDLE_INVALID = 0x60;
  public static final long CKR_KEY_SIZE_RANGE = 0x62;
  public static final long CKR_KEY_TYPE_INCONSISTENT = 0x63;
  public static final long CKR_KEY_FUNCTION_NOT_PERMITTED = 0x68;
  public static final long CKR_MECHANISM_INVALID = 0x70;
  public static final long CKR_MECHANISM_PARAM_INVALID = 0x71;
  public static final long CKR_OBJECT_HANDLE_INVALID = 0x82;
  public static final long CKR_OPERATION_ACTIVE = 0x90;
  public static final long CKR_PIN_INCORRECT = 0xa0;
  public static final long CKR_PIN_LEN_RANGE = 0xa2;
  public static final long CKR_PIN_EXPIRED = 0xa3;
  public static final long CKR_PIN_LOCKED = 0xa4;
  public static final long CKR_SESSION_CLOSED = 0xb0;
  public static final long CKR_SESSION_COUNT = 0xb1;
  public static final long CKR_SESSION_HANDLE_INVALID = 0xb3;
  public static final long CKR_SESSION_READ_ONLY = 0xb5;
  public static final long CKR_TEMPLATE_INCOMPLETE = 0xd0;
  public static final long CKR_TEMPLATE_INCONSISTENT = 0xd1;
  public static final long CKR_TOKEN_NOT_PRESENT = 0xe0;
  public static final long CKR_TOKEN_NOT_RECOGNIZED = 0xe1;
  public static final long CKR_TOKEN_WRITE_PROTECTED = 0xe2;
  public static final long CKR_USER_ALREADY_LOGGED_IN = 0x100;
  public static final long CKR_USER_NOT_LOGGED_IN = 0x101;
  public static final long CKR_USER_PIN_NOT_INITIALIZED = 0x102;
  public static final long CKR_USER_ANOTHER_ALREADY_LOGGED_IN = 0x104;
  public static final long CKR_CURVE_NOT_SUPPORTED = 0x140;
  public static final long CKR_BUFFER_TOO_SMALL = 0x150;
  public static final long CKR_CRYPTOKI_NOT_INITIALIZED = 0x190;
  public static final long CKR_CRYPTOKI_ALREADY_INITIALIZED = 0x191;
  public static final long CKR_TOKEN_RESOURCE_EXCEEDED = 0x201;

  private Ck() {}
}
