package dev.enclave.internal.opening;

import dev.enclave.Bytes;
import dev.enclave.admin.ManagedKey.Chain;
import dev.enclave.admin.ManagedKey.Check;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Judges what an HSM states on a key, as somebody has it in files: no configuration is read and no
 * backend opened. Found by {@link java.util.ServiceLoader}; {@code enclave-core} provides it. Not
 * for applications.
 */
public interface StatementVerifier {

  /**
   * What is judged.
   *
   * @param statement as the provider gave it, or unpacked
   * @param certificates DER, in any order
   * @param roots DER of those whose word is wanted
   * @param publicKey DER SubjectPublicKeyInfo of the key that it has to be on
   */
  record Presented(
      Bytes statement, List<Bytes> certificates, List<Bytes> roots, Optional<Bytes> publicKey) {

    public Presented {
      certificates = List.copyOf(certificates);
      roots = List.copyOf(roots);
    }
  }

  /**
   * What it is worth.
   *
   * @param format the provider's name of the format; none if nothing could be read
   * @param checks what holds
   * @param facts what it says, in words; as good as the statement is
   * @param chains who vouches for the hardware
   * @param doubts what is missing for a proof that the roots vouch for hardware which made the key,
   *     and which the private key never could leave
   */
  record Verdict(
      Optional<String> format,
      Set<Check> checks,
      Map<String, String> facts,
      List<Chain> chains,
      List<String> doubts) {

    public Verdict {
      checks = Set.copyOf(checks);
      facts = Map.copyOf(facts);
      chains = List.copyOf(chains);
      doubts = List.copyOf(doubts);
    }

    /** Whether nothing is missing. */
    public boolean proven() {
      return doubts.isEmpty();
    }
  }

  /**
   * Judges. A statement that was changed is not proven, which is no exception.
   *
   * @throws dev.enclave.error.UsageException when a root is no certificate
   */
  Verdict judge(EnclaveEngine.Request request, Presented presented);
}
