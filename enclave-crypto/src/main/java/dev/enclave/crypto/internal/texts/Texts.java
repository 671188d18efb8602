package dev.enclave.crypto.internal.texts;

import dev.enclave.internal.Text;

/** All that the local mathematics says. */
public enum Texts implements Text {
  // -- crypto
  WRAP_LENGTH(
      "{aesKeyWrap} wraps {least} to {mostBytes} bytes{multiple} but {length} were given.{orKwp}"),
  A_MULTIPLE_OF(", a multiple of {step},"),
  USE_KWP(" Use KWP for other lengths."),
  KEK_LENGTH("A key-encryption key of AES has 16, 24 or 32 bytes but {count} were given."),
  WRAPPED_KEY_CORRUPT(
      "The wrapped key does not open: it was changed, or wrapped by another scheme or under"
          + " another key-encryption key. Wrap the key again."),
  DATA_KEY_LENGTH("A data-encryption key has 32 bytes but {count} were given."),
  DATA_KEY_CLOSED("The data-encryption key has been closed. Unwrap it again."),
  NONCE_LENGTH("An AES-GCM nonce has 12 bytes but {count} were given."),
  OTHER_PURPOSE("A key for {algorithm}{rest}"),
  MAKES_NO_SIGNATURES(" makes no signatures. Use a signing key."),
  WRAPS_NO_KEYS(" wraps no keys. Use a key for AES_256_GCM or RSA_OAEP."),
  KEY_CLOSED("The key has been closed. Load it again before using it."),
  PASSWORD_LENGTH("password length"),
  SALT_LENGTH("salt length"),
  MEMORY("memory in KiB"),
  ITERATIONS("number of iterations over {memoryKib} KiB"),
  ARGON_PARAMETER(
      "The Argon2id {what} is {value}. Use {least} to {most} (RFC 9106 §4 recommends parameters)."),
  TOO_LONG_FOR_KEY(
      "This wrapping key takes at most {most} bytes but {count} were given. Use a longer wrapping"
          + " key, or RsaAesKeyWrap."),

  // -- internal
  KEY_MAKES_NO_SIGNATURES("A key for {algorithm} makes no signatures. Use the key that signed."),

  // -- backup
  NOT_IN_ONE_ENCODING("it is not in the one encoding it should have"),
  ATTRIBUTE_UNKNOWN("attribute {objectId} is unknown"),
  ATTRIBUTE_TWICE("an attribute stands there twice"),
  BACKUP_OF_OTHER_ALGORITHM(
      "The backup is of a key for {algorithm} and {otherAlgorithm} was asked. An algorithm is"
          + " fixed for the life of a key; leave it out."),
  BLOCKS_LOST("it had {had} blocks and has {count}"),
  ANOTHER_NUMBER_OF("another number of"),
  BLOCKS_REORDERED("its blocks are in another order"),
  BLOCKS_OF_DIFFERENT_KEYS("its blocks are of different keys"),
  NEWER_FORMAT(
      "is authentic but not of a format this version of Enclave reads. Restore it with the version"
          + " that wrote it, or a newer one."),
  SEVERAL_FOREIGN_KEYS(
      "holds {count} keys that Enclave did not write. Split the file; each is restored for"
          + " itself."),
  BLOCKS_OF_DIFFERENT_BACKUPS("its blocks come from different backups"),
  BLOCK_DOES_NOT_OPEN("block {number} does not open"),
  BLOCK_CHANGED("block {number} is not what was written"),
  AUTHENTICATOR_WRONG("the authenticator of block {number} is wrong"),
  ALL_VERSIONS_DESTROYED(
      "Every version of key {key} is destroyed. There is no private key left to back up."),
  DESTROYED_FIELDS("a destroyed version has {count} fields"),
  DESTROYED_MALFORMED("a destroyed version is malformed"),
  NOT_WHOLE_BLOCKS("the ciphertext is not whole blocks of AES"),
  PBES2_AND("PBES2 and {objectId}"),
  VECTOR_LENGTH("the initialization vector has {length} bytes"),
  NO_ALGORITHM_USES_IT(
      "opens and holds a key ({kind}) that no algorithm of Enclave uses, or a damaged one. Enclave"
          + " uses Ed25519, P-256, P-384, P-521, secp256k1 and RSA of 2048, 3072 or 4096 bits."),
  KEY_NOT_FOR_ALGORITHM(
      "The key in the backup cannot be used for {algorithm}. It can be used for {names}."),
  SAY_ALGORITHM(
      "The backup does not say what its key is for, and it can be used for {names}. Say which with"
          + " --algorithm, or KeyBackup.algorithm."),
  OF_UNKNOWN_KIND("of an unknown kind"),
  CONVERT_BACKUP(" Encrypt it anew with: openssl pkcs8 -topk8 -v2 aes-256-cbc -in FILE -out NEW."),
  BACKUP_ENCRYPTED_WITH(
      "is encrypted with {what}. Enclave reads PBES2 with AES-256-CBC and scrypt or PBKDF2 over"
          + " HMAC-SHA256.{convert}"),
  BACKUP_USES("uses {what}. Enclave reads {range}.{convert}"),
  BACKUP_DAMAGED(
      "is damaged: block {block} is no EncryptedPrivateKeyInfo ({reason}). Take another copy."),
  THE_BACKUP("The backup {what}"),
  WRONG_PASSWORD(
      "The password does not open the backup. Check case, keyboard layout and file; if the"
          + " password is right, the backup is damaged and another copy is needed."),
  BACKUP_CHANGED(
      "The backup was changed after it was made: {how}. Do not use it; take another copy and find"
          + " out who changed this one."),
  SCRYPT_COST("scrypt with N={cost}, r={blockSize}, p={parallelism}"),
  SCRYPT_RANGE(
      "N a power of two, up to 64 MiB of memory (128 r (N + p)) and N r p up to {mostWork}"),
  PBKDF2_HASH("PBKDF2 with {hashName}"),
  PBKDF2_ITERATIONS("PBKDF2 with {iterations} iterations"),
  ITERATIONS_RANGE("{least} to {most} iterations"),
  DERIVED_BY("a key derived by {objectIdName}"),
  COST_BITS("a cost of {bits} bits"),
  COST_RANGE("numbers of up to {bits} bits"),
  SALT_BYTES("a salt of {length} bytes"),
  SALT_RANGE("1 to {most} bytes"),
  KEY_LENGTH_NOT_AES("the key length is not that of AES-256"),

  // -- bouncycastle
  SEALED_DATA_CORRUPT(
      "The sealed data does not open: it, its associated data or the key is not the one of the"
          + " sealing. Check the key and the associated data, or restore the data."),
  AES_KEY_LENGTH("A key for AES_256_GCM has 32 bytes but {length} were given."),
  NOTHING_TO_WRAP("There are no bytes to wrap. Pass a data-encryption key."),
  BOUNCY_CASTLE("Bouncy Castle {version}"),
  SEED_LENGTH("the seed has {length} bytes, not 32"),
  RSA_SELF_CHECK_FAILED(
      "The RSA operation did not pass its self-check: the key's numbers are damaged or the machine"
          + " miscalculates. Restore the key from its backup."),
  MODULUS_NOT_TWO_PRIMES("the modulus is not the product of two large primes"),
  NUMBERS_DO_NOT_BELONG("the numbers do not belong to one RSA key of two primes"),
  WRAPS_UP_TO(
      "{algorithm} wraps 1 to {most} bytes but {count} were given. Wrap a data-encryption key, not"
          + " the data."),

  // -- choice
  ACCELERATOR_NOT_USED("{name} not used: {why}"),
  NOT_ON_CLASS_PATH("it is not on the class path"),
  SLOWER_ENGINE("Bouncy Castle, several times slower, serves {algorithm} in this process: {why}"),
  SELF_CHECK_WRONG("its self-check gave a wrong result"),
  SELF_CHECK_FAILED("its self-check failed ({reason})"),

  // -- corretto
  NO_JAR_FOR_PLATFORM("no jar for {platform} is on the class path"),
  JAR_WITHOUT_PROVIDER("its jar offers no provider"),
  CORRETTO("Amazon Corretto Crypto Provider {version}"),
  CORRETTO_DID_NOT_SIGN(
      "Corretto did not sign with a key that it had accepted ({type}). Load the key again; if that"
          + " does not help, restore it from its backup."),

  // -- encoding
  BOUNCY_CASTLE_TOO_OLD(
      "Bouncy Castle {version} is on the class path, but Enclave needs {leastText} or newer. Raise"
          + " org.bouncycastle:bcprov-jdk18on, and exclude bcprov-jdk15on and bcprov-jdk15to18,"
          + " which hold the same classes (mvn dependency:tree -Dincludes=org.bouncycastle shows who"
          + " brings them)."),
  INTEGER_NOT_SHORTEST("an integer is negative or not in its shortest form"),
  UNUSED_BITS("a bit string has unused bits"),
  BYTES_FOLLOW("{count} bytes follow the last element"),
  ELEMENT_MISSING("an element of tag {tag} is missing"),
  LENGTH_TOO_LONG("a length is indefinite or too long"),
  LENGTH_NOT_SHORTEST("a length is not in its shortest form"),
  ELEMENT_CUT_SHORT("an element is cut short"),
  PRIVATE_KEY_TOO_LARGE("the private key is not a number below the group order"),
  OTHER_CURVE("it is of another curve"),
  OBJECT_IDENTIFIER_MALFORMED("an object identifier is malformed"),
  OBJECT_IDENTIFIER("object identifier {dotted}"),
  OTHER_VERSION_OR_ALGORITHM("it is of another version or algorithm"),
  NOT_PKCS8(
      "These {length} bytes are not a PKCS#8 private key for {algorithm}: {reason}. Convert with:"
          + " openssl pkcs8 -topk8 -nocrypt -outform DER."),
  SECRET_HAS_NO_PUBLIC_KEY("is secret and has no public key"),
  OTHER_ALGORITHM_IDENTIFIER("the algorithm identifier is another one"),
  NO_SUCH_KEY("they are no such key"),
  WAS_GIVEN_BYTES("was given {length} bytes: {why}"),
  CERTIFICATE_INVALID(
      "A certificate was given as {length} bytes: {reason}. Pass one X.509 certificate in DER."),
  LACKS_FIELD("it has no {field}"),
  MODULUS_LENGTH("the RSA modulus is even or has {bitLength} bits, not {bits}"),
  PRIMES_TOO_CLOSE(
      "the RSA modulus is of primes too close together, found in {rounds} rounds of Fermat's"
          + " method: whoever has the public key has the private one"),
  EXPONENT_INVALID("the RSA public exponent is even, below 65537 or above 2^256 (FIPS 186-5 §5.4)"),
  PUBLIC_KEY_INVALID(
      "A public key for {algorithm} {observed}. Pass a DER SubjectPublicKeyInfo of this very"
          + " algorithm with named curve."),
  POINT_FORM_UNKNOWN("the point is neither uncompressed nor compressed"),
  POINT_NOT_IN_GROUP("the point is not one of the curve's prime-order group"),
  OTHER_VERSION("it is of another version"),
  NOT_EIGHT_NUMBERS("it has not the eight numbers of a key of two primes"),
  NUMBER_LENGTH("a number is longer or shorter than it can be"),
  FOR_PSS_ALONE("is for RSASSA-PSS alone (identifier id-RSASSA-PSS)"),
  OTHER_PSS_PARAMETERS("is restricted to other parameters of RSASSA-PSS"),
  TRAILER_FIELD("the trailer field of RSASSA-PSS is not 1 (RFC 8017 appendix A.2.3)"),
  PSS_KEY_UNFIT(
      "A public key for {algorithm} {observed}. Name the RSA_PSS algorithm of its size and hash if"
          + " there is one; else convert the key to rsaEncryption (RFC 8017 appendix A.1), if"
          + " whoever signs with it agrees."),
  NO_WRAPPING_KEY(
      "The wrapping key is no RSA public key of {least} bits or more in a SubjectPublicKeyInfo."
          + " Ask for it again."),

  // -- engine
  IN_NATIVE_LIBRARY("native library; encoding in {memory}"),
  ON_HEAP_WHILE_LOADED("{memory}; while being loaded on the Java heap"),
  ON_HEAP_WHILE_USED("{memory}; while in use on the Java heap"),
  NO_NATIVE_LIBRARY(
      "its native library does not load here (another platform, or java.io.tmpdir is full, not"
          + " writable or not executable)"),

  // -- forms
  JSON_TOO_LONG("was {count} characters that are too many or not Unicode text"),
  JSON_FOLLOWED("was followed by something else"),
  JSON_UNACCEPTABLE("was {count} characters that are not acceptable JSON"),
  THE_JWK_OR_SET("The JWK or JWK set"),
  JSON_INVALID(
      "{subject} {observed}. Pass the JSON of a public key as RFC 7517 and RFC 7518 §6 lay it"
          + " out."),
  NO_JSON_OBJECT_FOR_KEY("holds no JSON object where a key should be"),
  PRIVATE_JWK("holds a private or secret key, which does not belong here"),
  KEY_OPS_NO_ARRAY("has a member key_ops that is no array"),
  MEMBER_NO_TEXT("has a member {name} that is not Unicode text"),
  THE_JWK("The JWK"),
  MEMBER_LENGTH("has a member {name} of {length} bytes instead of {expected}"),
  MEMBER_NOT_SHORTEST("has a member {name} that is not a number in its shortest form"),
  MEMBER_MISSING("lacks the member {name}"),
  MEMBER_NO_BASE64URL("has a member {name} that is not base64url"),
  MEMBER_PADDED("has a member {name} that is not base64url without padding"),
  JWK_FOR_NO_ALGORITHM(
      "is for no algorithm of Enclave: kty, crv, n, alg, use and key_ops exclude all"),
  JWK_ALGORITHM_UNCLEAR(
      "does not say its algorithm (member alg), and {count} default algorithms fit: give exactly"
          + " one of {fitting}"),
  JWK_NOT_FOR_ALGORITHM("is not for {algorithm}: kty, crv, n, alg, use or key_ops exclude it"),
  KTY_MISSING("lacks the member kty"),
  CRV_MISSING("lacks the member crv"),
  NO_USABLE_KEY_IN_SET("has no key that can be used{ignored}"),
  IGNORED(" ({count} ignored; the first: {reason})"),
  NO_JSON_OBJECT("is no JSON object"),
  KEYS_MISSING("lacks the member keys"),
  KEYS_NO_ARRAY("has a member keys that is no array"),
  TOO_MANY_KEYS("has more than {most} keys"),
  KEY_ID_NO_TEXT("The key id holds half a character (a lone surrogate). Use whole Unicode text."),

  // -- memory
  MMAP_REFUSED("mmap was refused, errno {errno}"),
  MADVISE_REFUSED("madvise was refused, errno {errno}"),
  MLOCK_REFUSED("mlock was refused, errno {errno}; see ulimit -l (RLIMIT_MEMLOCK)"),
  CORE_DUMPS_NOT_KEPT_OUT("locked, but this system keeps no pages out of core dumps"),
  NO_JNA("JNA is not on the class path"),
  JNA_DOES_NOT_WORK("JNA does not work here ({reason})"),
  MEMORY_NOT_LOCKED("off-heap memory, not locked ({why})"),
  MEMORY_LOCKED("locked off-heap memory"),

  // -- signature
  NO_SUCH_ENCODING(
      "{algorithm} has no signatures in encoding {encoding}. Use DER or P1363 for ECDSA and RAW"
          + " for Ed25519 and RSA."),
  NOT_A_SIGNATURE(
      "These {count} bytes are not a signature of {algorithm} in encoding {encoding}. Check the"
          + " encoding, and that nothing was cut off or added."),
  ;

  private final String lines;

  Texts(String... parts) {
    this.lines = String.join("\n", parts);
  }

  @Override
  public String lines() {
    return lines;
  }
}
