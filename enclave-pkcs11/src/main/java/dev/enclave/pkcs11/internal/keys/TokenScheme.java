package dev.enclave.pkcs11.internal.keys;

import dev.enclave.Bytes;
import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.cryptoki.Attributes;
import dev.enclave.cryptoki.Ck;
import dev.enclave.cryptoki.CryptokiException;
import dev.enclave.cryptoki.CryptokiModule;
import dev.enclave.cryptoki.Mechanism;
import dev.enclave.cryptoki.MechanismInfo;
import dev.enclave.cryptoki.Session;
import dev.enclave.kit.RemoteRequest;
import dev.enclave.pkcs11.internal.calls.Token;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a token does, by its list of mechanisms and the lengths that it says of them; and which
 * curves it has by trying, since it tells no list of them: a pair of keys that ends with its
 * session. A token that makes no such pair has P-256 and P-384 by their lengths. Immutable.
 *
 * @param supported what is offered
 * @param parameters CKA_EC_PARAMS by the name of each curve that the token has
 * @param refusesOff whether it was seen to refuse a key whose CKA_SIGN had become false; else that
 *     is read before each use
 */
record TokenScheme(
    List<AlgorithmSupport> supported, Map<String, Bytes> parameters, boolean refusesOff) {

  /**
   * Of a token that lets no objects of a session be made these are taken for granted. Not P-521:
   * tpm2-pkcs11 makes such keys, and cannot sign by them.
   */
  private static final List<SigningAlgorithm> OF_NIST =
      List.of(SigningAlgorithm.ECDSA_P256_SHA256, SigningAlgorithm.ECDSA_P384_SHA384);

  /** A library of a network HSM splits longer messages, or refuses them. */
  private static final int LONGEST_MESSAGE = 64 * 1024;

  private static final String ED25519 = "Ed25519";
  private static final int DIGEST_BYTES = 32;
  private static final int MOST_TRIES = 8;
  private static final byte[] EXPONENT = {1, 0, 1};

  /** By an object identifier, or as the PrintableString that some tokens want. */
  private static final Map<String, List<String>> CURVES =
      Map.of(
          "P-256",
          List.of("06082a8648ce3d030107"),
          "P-384",
          List.of("06052b81040022"),
          "P-521",
          List.of("06052b81040023"),
          "secp256k1",
          List.of("06052b8104000a"),
          ED25519,
          List.of("06032b6570", "130c656477617264733235353139"));

  /** DigestInfo before the digest (RFC 8017 §9.2). */
  private static final Map<DigestAlgorithm, String> DIGEST_INFOS =
      Map.of(
          DigestAlgorithm.SHA_256, "3031300d060960864801650304020105000420",
          DigestAlgorithm.SHA_384, "3041300d060960864801650304020205000430",
          DigestAlgorithm.SHA_512, "3051300d060960864801650304020305000440");

  /** Asks the token, and tries the curves. */
  static TokenScheme of(Token token, CallContext call) throws BackendFailure {
    RemoteRequest request = new RemoteRequest("C_GetMechanismList", false, token.authority());
    return token.run(request, call, session -> of(token, session.session()));
  }

  private static TokenScheme of(Token token, Session session) throws CryptokiException {
    CryptokiModule module = token.module();
    long slot = token.slot();
    List<Long> mechanisms = module.mechanisms(slot);
    Map<String, Bytes> parameters = new LinkedHashMap<>();
    for (SigningAlgorithm algorithm : SigningAlgorithm.values()) {
      String curve = algorithm.curve().orElse("");
      if (isThere(mechanisms, algorithm)) {
        for (Bytes told : forms(curve)) {
          byte[] named = told.toByteArray();
          if (!parameters.containsKey(curve)
              && tried(token, () -> made(session, algorithm, named)).isPresent()) {
            parameters.put(curve, told);
          }
        }
      }
    }
    Bytes usual = parameters.get("P-256");
    boolean refusesOff = usual != null && refusesOff(session, usual.toByteArray());
    if (parameters.isEmpty() && mechanisms.contains(Ck.CKM_EC_KEY_PAIR_GEN)) {
      MechanismInfo info = module.mechanismInfo(slot, Ck.CKM_EC_KEY_PAIR_GEN);
      for (SigningAlgorithm algorithm : OF_NIST) {
        if (fits(algorithm, info)) {
          String curve = algorithm.curve().orElseThrow();
          parameters.put(curve, forms(curve).get(0));
        }
      }
    }
    List<AlgorithmSupport> supported = new ArrayList<>();
    for (SigningAlgorithm algorithm : SigningAlgorithm.values()) {
      if (isThere(mechanisms, algorithm)
          && (algorithm.curve().isPresent()
              ? parameters.containsKey(algorithm.curve().get())
              : fits(algorithm, module.mechanismInfo(slot, generation(algorithm))))) {
        supported.add(
            algorithm.digest().isPresent()
                ? AlgorithmSupport.digestsOnly(algorithm)
                : AlgorithmSupport.messagesUpTo(algorithm, LONGEST_MESSAGE));
      }
    }
    if (mechanisms.contains(Ck.CKM_AES_KEY_GEN)
        && mechanisms.contains(Ck.CKM_AES_GCM)
        && (module.mechanismInfo(slot, Ck.CKM_AES_GCM).flags() & Ck.CKF_ENCRYPT) != 0) {
      supported.add(AlgorithmSupport.wrapping(WrappingAlgorithm.AES_256_GCM));
    }
    return new TokenScheme(List.copyOf(supported), parameters, refusesOff);
  }

  private static List<Bytes> forms(String curve) {
    return CURVES.getOrDefault(curve, List.of()).stream().map(Bytes::ofHex).toList();
  }

  private static boolean isThere(List<Long> mechanisms, KeyAlgorithm algorithm) {
    return mechanisms.contains(generation(algorithm)) && mechanisms.contains(use(algorithm));
  }

  private static boolean fits(KeyAlgorithm algorithm, MechanismInfo info) {
    return info.minKeySize() <= algorithm.keyBits() && algorithm.keyBits() <= info.maxKeySize();
  }

  private static long made(Session session, KeyAlgorithm algorithm, byte[] curve)
      throws CryptokiException {
    Session.KeyPair pair = pair(session, algorithm, curve);
    destroy(session, pair);
    return pair.privateKey();
  }

  /** Something that a token may not do. */
  @FunctionalInterface
  interface Trial<T> {
    T run() throws CryptokiException;
  }

  /**
   * What comes of something that a token may not do; nothing if it refuses. A token that is gone,
   * or has no room, does not refuse. CKR_DEVICE_ERROR is a refusal if it comes each time and the
   * token answers other questions.
   */
  static <T> Optional<T> tried(Token token, Trial<T> trial) throws CryptokiException {
    for (int tries = 1; ; tries++) {
      try {
        return Optional.of(trial.run());
      } catch (CryptokiException e) {
        if (Token.passes(e)) {
          throw e;
        }
        if (!e.name().equals("CKR_DEVICE_ERROR")) {
          return Optional.empty();
        }
        if (tries == MOST_TRIES) {
          token.module().tokenInfo(token.slot());
          return Optional.empty();
        }
      }
    }
  }

  private static boolean refusesOff(Session session, byte[] curve) throws CryptokiException {
    Session.KeyPair pair = pair(session, SigningAlgorithm.ECDSA_P256_SHA256, curve);
    try {
      session.setAttributes(pair.privateKey(), new Attributes().with(Ck.CKA_SIGN, false));
      session.sign(Mechanism.of(Ck.CKM_ECDSA), pair.privateKey(), new byte[DIGEST_BYTES]);
      return false;
    } catch (CryptokiException e) {
      return e.name().equals("CKR_KEY_FUNCTION_NOT_PERMITTED");
    } finally {
      destroy(session, pair);
    }
  }

  private static Session.KeyPair pair(Session session, KeyAlgorithm algorithm, byte[] curve)
      throws CryptokiException {
    return session.generateKeyPair(
        Mechanism.of(generation(algorithm)),
        new Attributes()
            .with(Ck.CKA_TOKEN, false)
            .with(Ck.CKA_VERIFY, true)
            .with(Ck.CKA_EC_PARAMS, curve),
        new Attributes().with(Ck.CKA_TOKEN, false).with(Ck.CKA_SIGN, true));
  }

  private static void destroy(Session session, Session.KeyPair pair) throws CryptokiException {
    session.destroyObject(pair.privateKey());
    session.destroyObject(pair.publicKey());
  }

  boolean wraps() {
    return supported.stream().anyMatch(it -> it.algorithm().family() == Family.AES_GCM);
  }

  AlgorithmSupport support(KeyAlgorithm algorithm) throws BackendFailure {
    return Token.REFUSALS.requireOffered(supported, algorithm);
  }

  /** The mechanism that makes a key. */
  static long generation(KeyAlgorithm algorithm) {
    return switch (algorithm.family()) {
      case EDDSA -> Ck.CKM_EC_EDWARDS_KEY_PAIR_GEN;
      case ECDSA -> Ck.CKM_EC_KEY_PAIR_GEN;
      case AES_GCM -> Ck.CKM_AES_KEY_GEN;
      default -> Ck.CKM_RSA_PKCS_KEY_PAIR_GEN;
    };
  }

  private static long use(KeyAlgorithm algorithm) {
    return switch (algorithm.family()) {
      case EDDSA -> Ck.CKM_EDDSA;
      case ECDSA -> Ck.CKM_ECDSA;
      case RSA_PSS -> Ck.CKM_RSA_PKCS_PSS;
      default -> Ck.CKM_RSA_PKCS;
    };
  }

  /** The mechanism that signs what {@link #input} gives. */
  static Mechanism signing(KeyAlgorithm algorithm) {
    if (algorithm.family() != Family.RSA_PSS) {
      return Mechanism.of(use(algorithm));
    }
    return switch (algorithm.digest().orElseThrow()) {
      case SHA_384 -> Mechanism.rsaPss(Ck.CKM_SHA384, Ck.CKG_MGF1_SHA384, 48);
      case SHA_512 -> Mechanism.rsaPss(Ck.CKM_SHA512, Ck.CKG_MGF1_SHA512, 64);
      default -> Mechanism.rsaPss(Ck.CKM_SHA256, Ck.CKG_MGF1_SHA256, 32);
    };
  }

  /** What it takes for a message or a digest. */
  static byte[] input(KeyAlgorithm algorithm, byte[] given) {
    if (algorithm.family() != Family.RSA_PKCS1) {
      return given;
    }
    String info = DIGEST_INFOS.get(algorithm.digest().orElseThrow());
    return HexFormat.of().parseHex(info + HexFormat.of().formatHex(given));
  }

  static SignatureEncoding encoding(KeyAlgorithm algorithm) {
    return algorithm.family() == Family.ECDSA ? SignatureEncoding.P1363 : SignatureEncoding.RAW;
  }

  /** What kind of public key is to be made. */
  Attributes publicTemplate(KeyAlgorithm algorithm) {
    return algorithm.curve().isPresent() ? curve(algorithm) : rsaTemplate(algorithm.keyBits());
  }

  private Attributes curve(KeyAlgorithm algorithm) {
    return new Attributes()
        .with(Ck.CKA_VERIFY, true)
        .with(
            Ck.CKA_EC_PARAMS,
            parameters.getOrDefault(algorithm.curve().orElseThrow(), Bytes.empty()).toByteArray());
  }

  /** The same of RSA. */
  static Attributes rsaTemplate(int bits) {
    return new Attributes()
        .with(Ck.CKA_VERIFY, true)
        .with(Ck.CKA_MODULUS_BITS, (long) bits)
        .with(Ck.CKA_PUBLIC_EXPONENT, EXPONENT);
  }

  /** A public key as an object that is made of it. */
  Attributes publicHalf(PublicKeyInfo key) {
    KeyAlgorithm algorithm = key.algorithm();
    if (algorithm.curve().isEmpty()) {
      return new Attributes()
          .with(Ck.CKA_KEY_TYPE, Ck.CKK_RSA)
          .with(Ck.CKA_VERIFY, true)
          .with(Ck.CKA_MODULUS, unsigned(key.modulus()))
          .with(Ck.CKA_PUBLIC_EXPONENT, unsigned(key.publicExponent()));
    }
    Bytes point = algorithm.family() == Family.EDDSA ? key.rawEd25519() : key.uncompressedPoint();
    return curve(algorithm)
        .with(Ck.CKA_KEY_TYPE, type(algorithm))
        .with(Ck.CKA_EC_POINT, TokenKey.der(4, point.toByteArray()));
  }

  private static byte[] unsigned(BigInteger number) {
    byte[] signed = number.toByteArray();
    return signed[0] == 0 ? Arrays.copyOfRange(signed, 1, signed.length) : signed;
  }

  /** CKA_KEY_TYPE. */
  static long type(KeyAlgorithm algorithm) {
    return switch (algorithm.family()) {
      case EDDSA -> Ck.CKK_EC_EDWARDS;
      case ECDSA -> Ck.CKK_EC;
      case AES_GCM -> Ck.CKK_AES;
      default -> Ck.CKK_RSA;
    };
  }

  /** The curve of CKA_EC_PARAMS, as algorithms name it. */
  static Optional<String> curve(byte[] ecParameters) {
    String form = HexFormat.of().formatHex(ecParameters);
    return CURVES.entrySet().stream()
        .filter(curve -> curve.getValue().contains(form))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** What a key can be used as at this token: of RSA several. */
  List<KeyAlgorithm> of(boolean aes, Optional<String> curve, int bits) {
    return supported.stream()
        .map(AlgorithmSupport::algorithm)
        .filter(it -> it.asymmetric() != aes)
        .filter(it -> it.curve().equals(curve))
        .filter(it -> curve.isPresent() || it.keyBits() == bits)
        .toList();
  }
}
