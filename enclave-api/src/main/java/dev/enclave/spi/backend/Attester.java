package dev.enclave.spi.backend;

import dev.enclave.Bytes;
import dev.enclave.admin.ManagedKey.Check;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Says where a key was made, as the hardware certifies it. The backend fetches the statement, reads
 * it and checks it against the first certificates; the engine checks the chains against the roots
 * that its caller trusts.
 */
@FunctionalInterface
public non-sealed interface Attester extends Capability {

  /** The fact whether the hardware made the key itself: {@code yes}, {@code no} or other words. */
  String MADE_IN_HSM = "made in the HSM";

  /** The fact whether the private key can leave the hardware. */
  String EXTRACTABLE = "extractable";

  /** The fact whether the private key could never leave the hardware. */
  String NEVER_EXTRACTABLE = "never extractable";

  /** The fact which public key the private one has: SHA-256 of the SubjectPublicKeyInfo, in hex. */
  String PUBLIC_KEY = "public key, SHA-256";

  /**
   * Certificates of the hardware.
   *
   * @param of whose they are, in a word or two, such as {@code manufacturer}
   * @param certificates X.509, DER, the hardware's first; the root is not among them
   * @param signer whether the first certificate is of the key that signs statements, so that
   *     whoever issued it vouches for them
   */
  record Chain(String of, List<Bytes> certificates, boolean signer) {

    public Chain {
      certificates = List.copyOf(certificates);
    }

    /** A chain from the key that signs statements. */
    public static Chain of(String of, List<Bytes> certificates) {
      return new Chain(of, certificates, true);
    }

    /** A chain from another key of the hardware, which vouches for no statement. */
    public static Chain beside(String of, List<Bytes> certificates) {
      return new Chain(of, certificates, false);
    }
  }

  /**
   * A provider's statement on a key version.
   *
   * @param format the provider's name of the format
   * @param statement the statement itself, as the provider gave it
   * @param chains who vouches for the hardware; every first certificate's key was checked as {@code
   *     checks} says
   * @param facts what the statement says, in words, as far as the backend could read it
   * @param checks what the backend has checked and found right. What it cannot check is not among
   *     them; what is wrong is {@link FailureCode#CORRUPT}
   */
  record Attestation(
      String format,
      Bytes statement,
      List<Chain> chains,
      Map<String, String> facts,
      Set<Check> checks) {

    public Attestation {
      chains = List.copyOf(chains);
      facts = Collections.unmodifiableMap(new TreeMap<>(facts));
      checks = Set.copyOf(checks);
    }

    /** One of which nothing was checked, with one chain, the provider's. */
    public static Attestation of(
        String format, Bytes statement, List<Bytes> certificates, Map<String, String> facts) {
      return of(format, statement, List.of(Chain.of("provider", certificates)), facts, Set.of());
    }

    /** A statement with chains and checks. */
    public static Attestation of(
        String format,
        Bytes statement,
        List<Chain> chains,
        Map<String, String> facts,
        Set<Check> checks) {
      return new Attestation(format, statement, chains, facts, checks);
    }

    /** The certificates of the first chain; none if there is none. */
    public List<Bytes> certificates() {
      return chains.isEmpty() ? List.of() : chains.get(0).certificates();
    }
  }

  /**
   * The statement on a version.
   *
   * @throws BackendFailure {@link FailureCode#UNSUPPORTED} when the provider makes none for this
   *     version; {@link FailureCode#CORRUPT} when it is on another key, or damaged
   */
  Attestation attest(KeyVersionRef version, CallContext call) throws BackendFailure;
}
