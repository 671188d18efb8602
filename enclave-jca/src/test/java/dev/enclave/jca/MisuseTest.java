package dev.enclave.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Enclave;
import dev.enclave.SigningAlgorithm;
import dev.enclave.testkit.InMemoryEnclave;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.DSAParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a caller does wrong ends as it ends with the JDK: same result, or exception of one class.
 */
class MisuseTest {

  private static final byte[] MESSAGE = {1, 2, 3, 4, 5};

  /** What a caller does with a signature object and a pair of keys. */
  private interface Use {
    Object with(Signature signature, PrivateKey key, PublicKey verifies) throws Exception;
  }

  @ParameterizedTest
  @EnumSource(
      value = SigningAlgorithm.class,
      names = {
        "ED25519",
        "ECDSA_P256_SHA256",
        "ECDSA_P384_SHA384",
        "ECDSA_P521_SHA512",
        "RSA_PSS_2048_SHA256",
        "RSA_PKCS1_2048_SHA256"
      })
  void endsAsWithTheJdk(SigningAlgorithm algorithm) throws Exception {
    try (Enclave enclave = InMemoryEnclave.open()) {
      Oracle oracle = Oracle.of(algorithm, enclave);
      Map<String, String> ours = new LinkedHashMap<>();
      Map<String, String> theirs = new LinkedHashMap<>();
      for (Map.Entry<String, Use> use : uses(algorithm).entrySet()) {
        ours.put(
            use.getKey(),
            end(use.getValue(), oracle.ours(algorithm.jcaName()), oracle.ours(), oracle.keys()));
        theirs.put(
            use.getKey(),
            end(
                use.getValue(),
                oracle.theirs(algorithm.jcaName()),
                oracle.keys().getPrivate(),
                oracle.keys()));
      }
      ours.replaceAll(MisuseTest::orMalformed);
      theirs.replaceAll(MisuseTest::orMalformed);
      assertThat(ours).hasSizeGreaterThan(25).isEqualTo(theirs);
    }
  }

  /** Of a malformed signature {@code verify} may say no, as ours does, or throw. */
  private static String orMalformed(String use, String end) {
    return use.startsWith("verifies ") && end.matches("false|SignatureException|NullPointerEx.*")
        ? "not valid"
        : end;
  }

  /** However the message comes: whole, in pieces, or so long that it is hashed as it comes. */
  @ParameterizedTest
  @CsvSource({"0,0", "0,70000", "5,70000", "17,70000", "18,70000", "100,70000"})
  void signsNothingThatEnclaveItselfSigns(int first, int more) throws Exception {
    byte[] begin = "enclave-statement-v1\nsuccession\n".getBytes(StandardCharsets.UTF_8);
    byte[] text = Arrays.copyOf(begin, begin.length + more + 100);
    try (Enclave enclave = InMemoryEnclave.open()) {
      Oracle oracle = Oracle.of(SigningAlgorithm.ECDSA_P256_SHA256, enclave);
      Signature signature = oracle.ours("SHA256withECDSA");
      signature.initSign(oracle.ours());
      signature.update(text, 0, first);
      signature.update(text, first, text.length - first);
      assertThatThrownBy(signature::sign).hasMessageContaining("MESSAGE_RESERVED");
      signature.update(text, 1, text.length - 1);
      assertThat(signature.sign()).isNotEmpty();
      // A verifier may be asked about any text.
      Signature verifying = oracle.ours("SHA256withECDSA");
      verifying.initVerify(oracle.keys().getPublic());
      verifying.update(text);
      assertThat(verifying.verify(new byte[] {0x30, 6, 2, 1, 1, 2, 1, 1})).isFalse();
    }
  }

  private static String end(Use use, Signature signature, PrivateKey key, KeyPair keys) {
    try {
      Object result = use.with(signature, key, keys.getPublic());
      return result instanceof byte[] bytes
          ? signature.getAlgorithm().contains("ECDSA") ? "bytes" : bytes.length + " bytes"
          : String.valueOf(result);
    } catch (Exception e) {
      return e.getClass().getSimpleName();
    }
  }

  private static Map<String, Use> uses(SigningAlgorithm algorithm) throws Exception {
    Map<String, Use> uses = new LinkedHashMap<>();
    order(uses);
    keys(uses, algorithm);
    arrays(uses);
    parameters(uses, algorithm);
    signatures(uses);
    return uses;
  }

  private static void order(Map<String, Use> uses) {
    uses.put("sign before initSign", (s, key, verifies) -> s.sign());
    uses.put("update before initSign", (s, key, verifies) -> updated(s, MESSAGE));
    uses.put("verify before initVerify", (s, key, verifies) -> s.verify(new byte[64]));
    uses.put(
        "sign after initVerify",
        (s, key, verifies) -> {
          s.initVerify(verifies);
          return s.sign();
        });
    uses.put(
        "verify after initSign",
        (s, key, verifies) -> {
          s.initSign(key);
          return s.verify(new byte[64]);
        });
    uses.put(
        "sign again, of nothing",
        (s, key, verifies) -> {
          s.initSign(key);
          s.update(MESSAGE);
          byte[] first = s.sign();
          byte[] second = s.sign();
          return valid(s, verifies, MESSAGE, first) + " " + valid(s, verifies, new byte[0], second);
        });
    uses.put(
        "update after sign begins anew",
        (s, key, verifies) -> {
          s.initSign(key);
          s.update(MESSAGE);
          s.sign();
          s.update(new byte[] {7});
          return valid(s, verifies, new byte[] {7}, s.sign());
        });
    uses.put(
        "initSign forgets what was given",
        (s, key, verifies) -> {
          s.initSign(key);
          s.update(MESSAGE);
          s.initSign(key);
          return valid(s, verifies, new byte[0], s.sign());
        });
    uses.put("reads the old way", (s, key, verifies) -> oldParameter(s));
  }

  private static void keys(Map<String, Use> uses, SigningAlgorithm algorithm) throws Exception {
    KeyPairGenerator generator =
        KeyPairGenerator.getInstance(algorithm.curve().isPresent() ? "RSA" : "EC");
    KeyPair others = generator.generateKeyPair();
    uses.put("no private key", (s, key, verifies) -> initSign(s, null));
    uses.put("no public key", (s, key, verifies) -> initVerify(s, null));
    uses.put("private key of a family", (s, key, verifies) -> initSign(s, others.getPrivate()));
    uses.put("public key of a family", (s, key, verifies) -> initVerify(s, others.getPublic()));
  }

  private static void arrays(Map<String, Use> uses) {
    uses.put("no message", (s, key, verifies) -> updated(signing(s, key), null));
    uses.put("negative offset", (s, key, verifies) -> part(signing(s, key), -1, 1));
    uses.put("negative length", (s, key, verifies) -> part(signing(s, key), 0, -1));
    uses.put("length past the end", (s, key, verifies) -> part(signing(s, key), 3, 3));
    uses.put("nothing at the end", (s, key, verifies) -> part(signing(s, key), 5, 0));
    uses.put(
        "parts, single bytes and buffers",
        (s, key, verifies) -> {
          s.initSign(key);
          s.update((byte) 1);
          s.update(MESSAGE, 1, 1);
          s.update(ByteBuffer.wrap(MESSAGE, 2, 1));
          ByteBuffer direct = ByteBuffer.allocateDirect(2).put(MESSAGE, 3, 2).flip();
          s.update(direct.asReadOnlyBuffer());
          return valid(s, verifies, MESSAGE, s.sign());
        });
    uses.put(
        "a signature into too little room",
        (s, key, verifies) -> signing(s, key).sign(new byte[1], 0, 1));
    uses.put(
        "a signature past the end",
        (s, key, verifies) -> signing(s, key).sign(new byte[600], 599, 600));
    uses.put(
        "a signature into an array",
        (s, key, verifies) -> signing(s, key).sign(new byte[600], 10, 590) > 60);
  }

  private static void parameters(Map<String, Use> uses, SigningAlgorithm algorithm) {
    uses.put("parameters: none", (s, key, verifies) -> parameter(s, null));
    uses.put(
        "parameters: of DSA",
        (s, key, verifies) ->
            parameter(s, new DSAParameterSpec(BigInteger.ONE, BigInteger.ONE, BigInteger.ONE)));
    uses.put("parameters: told", (s, key, verifies) -> s.getParameters() != null);
    uses.put("parameters: MD5", (s, key, verifies) -> parameter(s, pss("MD5", 16)));
    if (algorithm.jcaParameters().isPresent()) {
      PSSParameterSpec own = (PSSParameterSpec) algorithm.jcaParameters().get();
      uses.put(
          "parameters: trailer",
          (s, key, verifies) ->
              parameter(
                  s, new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 2)));
      uses.put(
          "parameters: mask",
          (s, key, verifies) ->
              parameter(
                  s, new PSSParameterSpec("SHA-256", "MGF2", MGF1ParameterSpec.SHA256, 32, 1)));
      uses.put(
          "parameters: amid a message",
          (s, key, verifies) -> {
            s.initSign(key);
            s.update(MESSAGE);
            return parameter(s, own);
          });
      uses.put(
          "parameters: after the key",
          (s, key, verifies) -> {
            s.initSign(key);
            s.setParameter(own);
            s.update(MESSAGE);
            return valid(s, verifies, MESSAGE, s.sign());
          });
      uses.put(
          "parameters: after the public key",
          (s, key, verifies) -> {
            byte[] signature = signing(s, key).sign();
            s.initVerify(verifies);
            s.setParameter(own);
            s.update(MESSAGE);
            return s.verify(signature);
          });
      uses.put(
          "parameters: amid a message to verify",
          (s, key, verifies) -> {
            s.initVerify(verifies);
            s.update(MESSAGE);
            return parameter(s, own);
          });
      uses.put(
          "parameters: of another hash after the public key",
          (s, key, verifies) -> {
            byte[] signature = signing(s, key).sign();
            s.initVerify(verifies);
            s.setParameter(pss("SHA-384", 48));
            s.update(MESSAGE);
            return s.verify(signature);
          });
      uses.put(
          "parameters: encoded",
          (s, key, verifies) ->
              s.getParameters().getParameterSpec(PSSParameterSpec.class).getSaltLength());
    }
  }

  private static void signatures(Map<String, Use> uses) {
    uses.put("verifies nothing", (s, key, verifies) -> valid(s, verifies, MESSAGE, new byte[0]));
    uses.put("verifies zeros", (s, key, verifies) -> valid(s, verifies, MESSAGE, new byte[64]));
    uses.put("verifies too much", (s, key, verifies) -> valid(s, verifies, MESSAGE, new byte[999]));
    uses.put(
        "verifies a cut signature",
        (s, key, verifies) -> {
          byte[] signature = signing(s, key).sign();
          return valid(
              s, verifies, MESSAGE, java.util.Arrays.copyOf(signature, signature.length - 1));
        });
    uses.put(
        "verifies part of an array",
        (s, key, verifies) -> {
          byte[] signature = signing(s, key).sign();
          byte[] room = new byte[signature.length + 9];
          System.arraycopy(signature, 0, room, 4, signature.length);
          s.initVerify(verifies);
          s.update(MESSAGE);
          return s.verify(room, 4, signature.length);
        });
    uses.put("verifies no signature", (s, key, verifies) -> valid(s, verifies, MESSAGE, null));
    uses.put(
        "verifies after a failure",
        (s, key, verifies) -> {
          byte[] signature = signing(s, key).sign();
          s.initVerify(verifies);
          s.update(new byte[] {9});
          boolean first = s.verify(signature);
          s.update(MESSAGE);
          return first + " " + s.verify(signature);
        });
  }

  private static Signature signing(Signature s, PrivateKey key) throws GeneralSecurityException {
    s.initSign(key);
    s.update(MESSAGE);
    return s;
  }

  @SuppressWarnings("NullAway") // a mistake of the caller
  private static Object updated(Signature s, byte @org.jspecify.annotations.Nullable [] message)
      throws SignatureException {
    s.update(message);
    return "updated";
  }

  private static Object part(Signature s, int offset, int length) throws SignatureException {
    s.update(MESSAGE, offset, length);
    return "updated";
  }

  @SuppressWarnings("NullAway")
  private static Object initSign(Signature s, @org.jspecify.annotations.Nullable PrivateKey key)
      throws InvalidKeyException {
    s.initSign(key);
    return "initialized";
  }

  @SuppressWarnings("NullAway")
  private static Object initVerify(Signature s, @org.jspecify.annotations.Nullable PublicKey key)
      throws InvalidKeyException {
    s.initVerify(key);
    return "initialized";
  }

  @SuppressWarnings("NullAway")
  private static Object parameter(
      Signature s, @org.jspecify.annotations.Nullable AlgorithmParameterSpec spec)
      throws InvalidAlgorithmParameterException {
    s.setParameter(spec);
    return "set";
  }

  @SuppressWarnings("deprecation")
  private static Object oldParameter(Signature s) {
    return s.getParameter("hash");
  }

  @SuppressWarnings("NullAway")
  private static boolean valid(
      Signature s,
      PublicKey key,
      byte[] message,
      byte @org.jspecify.annotations.Nullable [] signature)
      throws GeneralSecurityException {
    s.initVerify(key);
    s.update(message);
    return s.verify(signature);
  }

  private static PSSParameterSpec pss(String digest, int salt) {
    return new PSSParameterSpec(digest, "MGF1", new MGF1ParameterSpec(digest), salt, 1);
  }
}
