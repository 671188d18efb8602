package dev.enclave.jca;

import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningAlgorithm;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a JCA name of a signature means.
 *
 * @param name the standard name
 * @param aliases other names, and the object identifier
 * @param family of keys that sign so
 * @param digest the hash that the name fixes; none where key or parameters do, or there is none
 * @param input what {@code update} is given
 * @param encoding of the signature
 */
record Scheme(
    String name,
    List<String> aliases,
    Family family,
    Optional<DigestAlgorithm> digest,
    Input input,
    SignatureEncoding encoding) {

  /** What {@code update} is given. */
  enum Input {
    MESSAGE,
    /** The hash itself. */
    DIGEST,
    /** The hash in a DER DigestInfo (RFC 8017 §9.2). */
    DIGEST_INFO
  }

  private static final String P1363 = "inP1363Format";

  /** All that keys of Enclave sign by. */
  static List<Scheme> all() {
    List<Scheme> all = new ArrayList<>();
    ecdsa(all, DigestAlgorithm.SHA_256, "1.2.840.10045.4.3.2");
    ecdsa(all, DigestAlgorithm.SHA_384, "1.2.840.10045.4.3.3");
    ecdsa(all, DigestAlgorithm.SHA_512, "1.2.840.10045.4.3.4");
    all.add(preHashed("NONEwithECDSA", Family.ECDSA, Input.DIGEST, SignatureEncoding.DER));
    all.add(
        preHashed("NONEwithECDSA" + P1363, Family.ECDSA, Input.DIGEST, SignatureEncoding.P1363));

    all.add(whole("Ed25519", Family.EDDSA, Optional.empty(), oid("1.3.101.112")));
    all.add(whole("EdDSA", Family.EDDSA, Optional.empty(), List.of()));

    pkcs1(all, DigestAlgorithm.SHA_256, "1.2.840.113549.1.1.11");
    pkcs1(all, DigestAlgorithm.SHA_512, "1.2.840.113549.1.1.13");
    all.add(preHashed("NONEwithRSA", Family.RSA_PKCS1, Input.DIGEST_INFO, SignatureEncoding.RAW));

    all.add(whole("RSASSA-PSS", Family.RSA_PSS, Optional.empty(), oid("1.2.840.113549.1.1.10")));
    pss(all, DigestAlgorithm.SHA_256);
    pss(all, DigestAlgorithm.SHA_512);
    all.add(preHashed("NONEwithRSASSA-PSS", Family.RSA_PSS, Input.DIGEST, SignatureEncoding.RAW));
    return all;
  }

  private static void ecdsa(List<Scheme> all, DigestAlgorithm digest, String oid) {
    String name = compact(digest) + "withECDSA";
    all.add(whole(name, Family.ECDSA, Optional.of(digest), oid(oid)));
    all.add(
        new Scheme(
            name + P1363,
            List.of(),
            Family.ECDSA,
            Optional.of(digest),
            Input.MESSAGE,
            SignatureEncoding.P1363));
  }

  private static void pkcs1(List<Scheme> all, DigestAlgorithm digest, String oid) {
    all.add(whole(compact(digest) + "withRSA", Family.RSA_PKCS1, Optional.of(digest), oid(oid)));
  }

  /** RSASSA-PSS whose parameters the name fixes, as Bouncy Castle and what uses it say. */
  private static void pss(List<Scheme> all, DigestAlgorithm digest) {
    all.add(
        whole(
            compact(digest) + "withRSAandMGF1",
            Family.RSA_PSS,
            Optional.of(digest),
            List.of(compact(digest) + "withRSASSA-PSS")));
  }

  private static Scheme whole(
      String name, Family family, Optional<DigestAlgorithm> digest, List<String> aliases) {
    SignatureEncoding encoding =
        family == Family.ECDSA ? SignatureEncoding.DER : SignatureEncoding.RAW;
    return new Scheme(name, aliases, family, digest, Input.MESSAGE, encoding);
  }

  private static Scheme preHashed(
      String name, Family family, Input input, SignatureEncoding encoding) {
    return new Scheme(name, List.of(), family, Optional.empty(), input, encoding);
  }

  private static List<String> oid(String oid) {
    return List.of(oid, "OID." + oid);
  }

  /** {@code SHA256}, as names of signatures spell it. */
  private static String compact(DigestAlgorithm digest) {
    return digest.jcaName().replace("-", "");
  }

  /** Whether keys of {@code algorithm} sign so. A name with a hash is of whole messages. */
  boolean fits(SigningAlgorithm algorithm) {
    if (algorithm.family() != family) {
      return false;
    }
    boolean named =
        algorithm.digest().filter(hash -> hash != DigestAlgorithm.KECCAK_256).isPresent();
    return digest.isPresent()
        ? algorithm.digest().equals(digest)
        : input != Input.MESSAGE || family == Family.EDDSA || named;
  }

  /** Whether signatures have parameters: hash, mask and salt length. */
  boolean isPss() {
    return family == Family.RSA_PSS;
  }

  /** The parameters that the name fixes. */
  Optional<PSSParameterSpec> impliedParameters() {
    return isPss() ? digest.flatMap(Scheme::parameters) : Optional.empty();
  }

  private static Optional<PSSParameterSpec> parameters(DigestAlgorithm digest) {
    return Arrays.stream(SigningAlgorithm.values())
        .filter(a -> a.family() == Family.RSA_PSS && a.digest().filter(digest::equals).isPresent())
        .flatMap(a -> a.jcaParameters().stream())
        .map(PSSParameterSpec.class::cast)
        .findFirst();
  }

  /** The name under which other providers have it. */
  String nameElsewhere() {
    return isPss() && input == Input.MESSAGE ? "RSASSA-PSS" : name;
  }

  /** The names by which keys of {@code algorithm} sign, for messages to people. */
  static String namesFor(SigningAlgorithm algorithm) {
    return all().stream()
        .filter(scheme -> scheme.fits(algorithm))
        .map(Scheme::name)
        .collect(Collectors.joining(", "));
  }
}
