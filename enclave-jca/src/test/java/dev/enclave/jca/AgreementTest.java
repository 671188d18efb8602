package dev.enclave.jca;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.DigestAlgorithm;
import dev.enclave.Enclave;
import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.SigningAlgorithm;
import dev.enclave.testkit.InMemoryEnclave;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The same key in another provider is the oracle: each accepts what the other signed, of random
 * messages given in random parts, and neither anything else.
 */
class AgreementTest {

  /** Of each algorithm; scripts/soak.sh asks for 10,000. */
  private static final int MESSAGES = Integer.getInteger("enclave.soak.jca-messages", 10);

  private static final int LONGEST = 3000;

  @ParameterizedTest
  @EnumSource(SigningAlgorithm.class)
  void signsAndVerifiesAsTheOracle_underEachName(SigningAlgorithm algorithm) throws Exception {
    try (Enclave enclave = InMemoryEnclave.open()) {
      Oracle oracle = Oracle.of(algorithm, enclave);
      for (String name : names(algorithm)) {
        compare(oracle, name, count(algorithm));
      }
      System.out.printf(
          "agreement with %s: %s, %d messages for each name%n",
          oracle.provider().getName(), algorithm, count(algorithm));
    }
  }

  /** A signature of RSA of 4096 bits takes far longer than others; the soak takes its time. */
  private static int count(SigningAlgorithm algorithm) {
    return MESSAGES < 1000 && algorithm.keyBits() > 2048 ? MESSAGES / 5 : MESSAGES;
  }

  private static List<String> names(SigningAlgorithm algorithm) {
    List<String> names = new ArrayList<>(List.of(algorithm.jcaName()));
    if (algorithm.family() == Family.ECDSA && algorithm.digest().isPresent()) {
      // Bouncy Castle calls r and s side by side otherwise.
      if (!algorithm.curve().orElseThrow().equals("secp256k1")) {
        names.add(algorithm.jcaName() + "inP1363Format");
        names.add("NONEwithECDSAinP1363Format");
      }
      if (algorithm.digest().get() != DigestAlgorithm.KECCAK_256) {
        names.add("NONEwithECDSA");
      }
    }
    return names;
  }

  private static void compare(Oracle oracle, String name, int count)
      throws GeneralSecurityException {
    Random random = new Random(count);
    Signature ours = oracle.ours(name);
    Signature theirs = oracle.theirs(name);
    for (int i = 0; i < count; i++) {
      byte[] message = message(oracle.algorithm(), name, random);
      byte[] other = message.clone();
      byte[] ourSignature = sign(ours, oracle.ours(), message, random);
      byte[] theirSignature = sign(theirs, oracle.keys().getPrivate(), message, random);
      if (oracle.deterministic()) {
        assertThat(ourSignature).isEqualTo(theirSignature);
      }
      assertThat(accepts(theirs, oracle, message, ourSignature)).as("theirs, %s", name).isTrue();
      assertThat(accepts(ours, oracle, message, theirSignature))
          .as("ours, %s", name)
          .isEqualTo(!isHighOnSecp256k1(oracle, theirSignature));
      if (other.length > 0) {
        other[random.nextInt(other.length)] ^= 1;
        assertThat(accepts(theirs, oracle, other, ourSignature)).isFalse();
        assertThat(accepts(ours, oracle, other, theirSignature)).isFalse();
      }
    }
  }

  /** Bouncy Castle makes signatures with high s too, which Enclave refuses on secp256k1. */
  private static boolean isHighOnSecp256k1(Oracle oracle, byte[] der) {
    if (oracle.algorithm().curve().filter("secp256k1"::equals).isEmpty()) {
      return false;
    }
    BigInteger order = ((ECPublicKey) oracle.keys().getPublic()).getParams().getOrder();
    BigInteger s = ASN1Integer.getInstance(ASN1Sequence.getInstance(der).getObjectAt(1)).getValue();
    return s.shiftLeft(1).compareTo(order) > 0;
  }

  private static byte[] message(SigningAlgorithm algorithm, String name, Random random) {
    int length =
        name.startsWith("NONE")
            ? algorithm.digest().orElseThrow().length()
            : random.nextInt(LONGEST);
    byte[] message = new byte[length];
    random.nextBytes(message);
    return message;
  }

  private static byte[] sign(Signature signature, PrivateKey key, byte[] message, Random random)
      throws GeneralSecurityException {
    signature.initSign(key);
    int given = 0;
    while (given < message.length) {
      int part = Math.min(1 + random.nextInt(LONGEST), message.length - given);
      signature.update(message, given, part);
      given += part;
    }
    return signature.sign();
  }

  private static boolean accepts(Signature by, Oracle oracle, byte[] message, byte[] signature)
      throws GeneralSecurityException {
    by.initVerify(oracle.keys().getPublic());
    by.update(message);
    return by.verify(signature);
  }
}
