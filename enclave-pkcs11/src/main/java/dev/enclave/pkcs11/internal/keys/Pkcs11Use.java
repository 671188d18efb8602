package dev.enclave.pkcs11.internal.keys;

import dev.enclave.Bytes;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.cryptoki.Attributes;
import dev.enclave.cryptoki.Ck;
import dev.enclave.cryptoki.CryptokiException;
import dev.enclave.cryptoki.Mechanism;
import dev.enclave.kit.key.RemoteUse;
import dev.enclave.pkcs11.internal.calls.Token;
import dev.enclave.pkcs11.internal.calls.TokenSession;
import dev.enclave.pkcs11.internal.settings.Pkcs11Uri;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.RawSignature;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * Signs, and encrypts and decrypts data keys, by the token. A ciphertext is AES-256-GCM's: 12
 * octets of initialization vector, made here at random, 32 octets, a tag of 16; key, version and
 * stamp are authenticated. Thread-safe.
 */
public final class Pkcs11Use extends RemoteUse {

  private static final int IV_BYTES = 12;
  private static final int WRAPPED_BYTES = IV_BYTES + 32 + 16;

  /** What libraries return for a ciphertext that the key does not open. */
  private static final Set<String> NOT_OPENED =
      Set.of(
          "CKR_GENERAL_ERROR",
          "CKR_FUNCTION_FAILED",
          "CKR_DEVICE_ERROR",
          "CKR_DATA_INVALID",
          "CKR_DATA_LEN_RANGE",
          "CKR_ENCRYPTED_DATA_INVALID",
          "CKR_ENCRYPTED_DATA_LEN_RANGE",
          "CKR_AEAD_DECRYPT_FAILED",
          "CKR_SIGNATURE_INVALID");

  private final Token token;
  private final TokenScheme scheme;
  private final SecureRandom random;

  public Pkcs11Use(Pkcs11Keys keys, SecureRandom random) {
    super(Token.REFUSALS, WRAPPED_BYTES, WRAPPED_BYTES);
    this.token = keys.token();
    this.scheme = keys.scheme();
    this.random = random;
  }

  @Override
  protected boolean named(KeyVersionRef ref) {
    return Pkcs11Uri.parse(ref.providerUri())
        .filter(uri -> uri.octets(Pkcs11Uri.ID).or(() -> uri.octets(Pkcs11Uri.OBJECT)).isPresent())
        .isPresent();
  }

  @Override
  protected AlgorithmSupport support(KeyAlgorithm algorithm) throws BackendFailure {
    return scheme.support(algorithm);
  }

  @Override
  protected RawSignature sign(KeyVersionRef ref, byte[] input, boolean digest, CallContext call)
      throws BackendFailure {
    KeyAlgorithm algorithm = ref.algorithm();
    Mechanism mechanism = TokenScheme.signing(algorithm);
    byte[] data = TokenScheme.input(algorithm, input);
    byte[] signature =
        use("C_Sign", ref, call, (session, key) -> session.session().sign(mechanism, key, data));
    return RawSignature.of(Bytes.of(signature), TokenScheme.encoding(algorithm), ref.version());
  }

  @Override
  protected Bytes encrypt(KeyVersionRef kek, byte[] secret, CallContext call)
      throws BackendFailure {
    byte[] iv = new byte[IV_BYTES];
    random.nextBytes(iv);
    Mechanism mechanism = Mechanism.aesGcm(iv, associated(kek));
    byte[] sealed =
        use(
            "C_Encrypt",
            kek,
            call,
            (session, key) -> session.session().encrypt(mechanism, key, secret));
    byte[] whole = Arrays.copyOf(iv, IV_BYTES + sealed.length);
    System.arraycopy(sealed, 0, whole, IV_BYTES, sealed.length);
    return Bytes.of(whole);
  }

  @Override
  protected byte[] decrypt(KeyVersionRef kek, byte[] wrapped, CallContext call)
      throws BackendFailure {
    Mechanism mechanism = Mechanism.aesGcm(Arrays.copyOf(wrapped, IV_BYTES), associated(kek));
    byte[] sealed = Arrays.copyOfRange(wrapped, IV_BYTES, wrapped.length);
    return use(
        "C_Decrypt",
        kek,
        call,
        (session, key) -> {
          try {
            return session.session().decrypt(mechanism, key, sealed);
          } catch (CryptokiException e) {
            if (NOT_OPENED.contains(e.name()) && works(session, key)) {
              return new byte[0];
            }
            throw e;
          }
        });
  }

  /**
   * Some libraries say of a wrong tag what they say of a broken token. So it is tried whether the
   * token opens by that key what it has just encrypted.
   */
  private boolean works(TokenSession session, long key) throws CryptokiException {
    byte[] iv = new byte[IV_BYTES];
    random.nextBytes(iv);
    Mechanism mechanism = Mechanism.aesGcm(iv, new byte[0]);
    byte[] sealed = session.session().encrypt(mechanism, key, iv);
    return Arrays.equals(iv, session.session().decrypt(mechanism, key, sealed));
  }

  /** Uses a key of the token by its handle. */
  @FunctionalInterface
  private interface Use {
    byte[] of(TokenSession session, long key) throws CryptokiException;
  }

  private byte[] use(String function, KeyVersionRef ref, CallContext call, Use use)
      throws BackendFailure {
    Pkcs11Uri uri = Pkcs11Uri.parse(ref.providerUri()).orElseThrow();
    long kind =
        ref.algorithm().purpose() == KeyPurpose.SIGN ? Ck.CKO_PRIVATE_KEY : Ck.CKO_SECRET_KEY;
    Attributes template = TokenKey.ofClass(kind);
    uri.octets(Pkcs11Uri.ID).ifPresent(id -> template.with(Ck.CKA_ID, id));
    uri.octets(Pkcs11Uri.OBJECT).ifPresent(label -> template.with(Ck.CKA_LABEL, label));
    Optional<byte[]> done =
        token.run(
            Pkcs11Keys.request(function, false, ref.providerUri()),
            call,
            session ->
                session.use(
                    ref.providerUri(),
                    template,
                    handle -> {
                      if (!scheme.refusesOff()) {
                        requireOn(session, handle, ref);
                      }
                      return use.of(session, handle);
                    }));
    return done.orElseThrow(() -> Token.REFUSALS.noVersion(ref.name(), ref.version()));
  }

  /** For tokens that keep CKA_SIGN as they are told and sign all the same. */
  private static void requireOn(TokenSession session, long handle, KeyVersionRef ref)
      throws CryptokiException, BackendFailure {
    long use = ref.algorithm().purpose() == KeyPurpose.SIGN ? Ck.CKA_SIGN : Ck.CKA_DECRYPT;
    if (!session.session().attributes(handle, use).bool(use).orElse(false)) {
      throw Token.REFUSALS.invalidState(ref.name(), ref.version(), KeyState.DISABLED);
    }
  }

  private static byte[] associated(KeyVersionRef kek) throws BackendFailure {
    String stamp = Token.REFUSALS.authenticatedStamp(kek).map(EnvironmentType::name).orElse("");
    String text = "enclave/" + kek.name() + "/" + kek.version() + "/" + stamp;
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Never: what does not open comes back empty. */
  @Override
  protected boolean unopened(BackendFailure failure) {
    return false;
  }

  @Override
  protected boolean looksAgain(KeyVersionRef kek) {
    return true;
  }
}
