package dev.enclave.pkcs11.internal.keys;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyPurpose;
import dev.enclave.crypto.LocalKey;
import dev.enclave.crypto.RsaAesKeyWrap;
import dev.enclave.cryptoki.Attributes;
import dev.enclave.cryptoki.Ck;
import dev.enclave.cryptoki.CryptokiException;
import dev.enclave.cryptoki.CryptokiModule;
import dev.enclave.cryptoki.Mechanism;
import dev.enclave.cryptoki.Session;
import dev.enclave.kit.key.KeyTaker;
import dev.enclave.kit.key.RsaAesTaker;
import dev.enclave.kit.key.ServiceKey;
import dev.enclave.kit.key.TaggedService.Making;
import dev.enclave.pkcs11.internal.calls.Token;
import dev.enclave.pkcs11.internal.texts.Texts;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.SecretBytes;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Brings private keys into a token, wrapped for an RSA key that the token makes for each and that
 * ends with it: an AES key under CKM_RSA_PKCS_OAEP, and the private key under that. No private key
 * is ever an object that can be read. Thread-safe.
 */
public final class TokenImports extends RsaAesTaker {

  private static final int TRANSPORT_BITS = 3072;

  /** For keys that are made to be thrown away. */
  private static final int TRIAL_BITS = 2048;

  private static final KeyName TRIAL = KeyName.of("trial");

  private static final long CKM_SHA_1 = 0x220;

  private final Pkcs11Keys keys;
  private final long padded;
  private final SecureRandom random;

  private TokenImports(
      Pkcs11Keys keys, List<AlgorithmSupport> taken, long padded, SecureRandom random) {
    super(Token.REFUSALS, taken, random);
    this.keys = keys;
    this.padded = padded;
    this.random = random;
  }

  /**
   * For a token that has the mechanisms, with the algorithms of which it was seen to take a key; of
   * RSA, whose keys take long to make, all if it took any other. Nothing if there is none.
   */
  public static Optional<TokenImports> of(Pkcs11Keys keys, SecureRandom random, CallContext call)
      throws BackendFailure {
    Token token = keys.token();
    return token.run(
        Pkcs11Keys.request("C_UnwrapKey", false, token.authority()),
        call,
        session -> {
          for (long padded : new long[] {Ck.CKM_AES_KEY_WRAP_KWP, Ck.CKM_AES_KEY_WRAP_PAD}) {
            if (unwraps(token, padded) && unwraps(token, Ck.CKM_RSA_PKCS_OAEP)) {
              List<AlgorithmSupport> taken = taken(keys, session.spend(), padded, random);
              return taken.isEmpty()
                  ? Optional.empty()
                  : Optional.of(new TokenImports(keys, taken, padded, random));
            }
          }
          return Optional.empty();
        });
  }

  private static boolean unwraps(Token token, long mechanism) throws CryptokiException {
    CryptokiModule module = token.module();
    return module.mechanisms(token.slot()).contains(mechanism)
        && (module.mechanismInfo(token.slot(), mechanism).flags() & Ck.CKF_UNWRAP) != 0;
  }

  private static List<AlgorithmSupport> taken(
      Pkcs11Keys keys, Session session, long padded, SecureRandom random) throws CryptokiException {
    Token token = keys.token();
    Optional<Transport> made =
        TokenScheme.tried(token, () -> new Transport(session, padded, TRIAL_BITS));
    if (made.isEmpty()) {
      return List.of();
    }
    Transport transport = made.get();
    List<AlgorithmSupport> taken = new ArrayList<>();
    for (AlgorithmSupport support : keys.supported()) {
      KeyAlgorithm algorithm = support.algorithm();
      if (algorithm.purpose() == KeyPurpose.SIGN
          && (algorithm.curve().isPresent()
              ? TokenScheme.tried(token, () -> transport.take(algorithm, random)).isPresent()
              : !taken.isEmpty())) {
        taken.add(support);
      }
    }
    return taken;
  }

  /** A pair of RSA keys of the token, which ends with the session. */
  private static final class Transport {

    private final Session session;
    private final long padded;
    private final Session.KeyPair pair;

    Transport(Session session, long padded, int bits) throws CryptokiException {
      this.session = session;
      this.padded = padded;
      this.pair =
          session.generateKeyPair(
              Mechanism.of(Ck.CKM_RSA_PKCS_KEY_PAIR_GEN),
              TokenScheme.rsaTemplate(bits).with(Ck.CKA_TOKEN, false).with(Ck.CKA_WRAP, true),
              ofSession().with(Ck.CKA_PRIVATE, true));
    }

    private static Attributes ofSession() {
      return new Attributes()
          .with(Ck.CKA_TOKEN, false)
          .with(Ck.CKA_SENSITIVE, true)
          .with(Ck.CKA_EXTRACTABLE, false)
          .with(Ck.CKA_UNWRAP, true);
    }

    /** As a try: the token may not take it so, whatever its mechanisms say. */
    long take(KeyAlgorithm algorithm, SecureRandom random) throws CryptokiException {
      try (LocalKey key = LocalKey.generate(algorithm, random);
          SecretBytes pkcs8 = key.encode()) {
        Attributes ofSession = Pkcs11Keys.secret(TRIAL, new byte[0]).with(Ck.CKA_TOKEN, false);
        return bring(algorithm, pkcs8, ofSession, random);
      }
    }

    long bring(KeyAlgorithm algorithm, SecretBytes pkcs8, Attributes template, SecureRandom random)
        throws CryptokiException {
      Attributes told =
          session.attributes(pair.publicKey(), Ck.CKA_MODULUS, Ck.CKA_PUBLIC_EXPONENT);
      Bytes spki = TokenKey.spki(Ck.CKK_RSA, told).map(Bytes::of).orElseThrow();
      // With SHA-1, which is sound here: some tokens know no other, as SoftHSM.
      byte[] wrapped = RsaAesKeyWrap.SHA_1.wrap(spki, pkcs8, random).toByteArray();
      int first = told.bytes(Ck.CKA_MODULUS).orElseThrow().length;
      long aes =
          session.unwrapKey(
              Mechanism.rsaOaep(CKM_SHA_1, Ck.CKG_MGF1_SHA1),
              pair.privateKey(),
              Arrays.copyOf(wrapped, first),
              ofSession().with(Ck.CKA_CLASS, Ck.CKO_SECRET_KEY).with(Ck.CKA_KEY_TYPE, Ck.CKK_AES));
      return session.unwrapKey(
          Mechanism.of(padded),
          aes,
          Arrays.copyOfRange(wrapped, first, wrapped.length),
          template
              .with(Ck.CKA_CLASS, Ck.CKO_PRIVATE_KEY)
              .with(Ck.CKA_KEY_TYPE, TokenScheme.type(algorithm))
              .with(Ck.CKA_SIGN, true));
    }
  }

  @Override
  public ServiceKey bring(Making into, Version version, CallContext call) throws BackendFailure {
    KeyName name = into.name();
    keys.requireLabel(name);
    TokenKey made =
        keys.token()
            .change(
                Pkcs11Keys.request("C_UnwrapKey", true, name.value()),
                call,
                session -> {
                  Optional<TokenKey> there = Pkcs11Keys.made(session, name, into.unit());
                  if (there.isEmpty()) {
                    unwrap(session.spend(), into, version, call);
                    there = Pkcs11Keys.made(session, name, into.unit());
                  }
                  TokenKey key = there.orElseThrow(() -> Token.REFUSALS.notSeenYet(name.value()));
                  byte[] id = key.id().toByteArray();
                  Attributes half =
                      Pkcs11Keys.named(
                              keys.scheme().publicHalf(version.publicKey().orElseThrow()), name, id)
                          .with(Ck.CKA_CLASS, Ck.CKO_PUBLIC_KEY);
                  if (session
                      .find(TokenKey.ofClass(Ck.CKO_PUBLIC_KEY).with(Ck.CKA_ID, id))
                      .isEmpty()) {
                    session.session().createObject(half);
                  }
                  return Pkcs11Keys.made(session, name, into.unit()).orElse(key);
                });
    return BackendFailure.afterChange(
        Texts.KEY_IMPORTED.with(name),
        () -> keys.enterImported(name, made, into.algorithm(), into.unit(), call));
  }

  private void unwrap(Session session, Making into, Version version, CallContext call)
      throws CryptokiException, BackendFailure {
    byte[] id = KeyId.of(into.name(), into.unit(), call.time().now());
    try (SecretBytes pkcs8 = KeyTaker.checked(version, into.algorithm(), Token.REFUSALS, random)) {
      new Transport(session, padded, TRANSPORT_BITS)
          .bring(into.algorithm(), pkcs8, Pkcs11Keys.secret(into.name(), id), random);
    }
  }
}
