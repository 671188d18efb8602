package dev.enclave.spi;

import dev.enclave.Digest;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyPurpose;
import dev.enclave.Message;
import dev.enclave.SigningInput;

/**
 * What input a backend takes for an algorithm.
 *
 * @param algorithm the scheme
 * @param messages whether it takes whole messages
 * @param shortestMessage the shortest message in bytes; 0 where an empty one is signed
 * @param longestMessage the longest message in bytes; 0 if it takes none
 * @param digests whether it takes finished digests
 */
public record AlgorithmSupport(
    KeyAlgorithm algorithm,
    boolean messages,
    int shortestMessage,
    int longestMessage,
    boolean digests) {

  /** Messages up to {@code longest} bytes, no digests. */
  public static AlgorithmSupport messagesUpTo(KeyAlgorithm algorithm, int longest) {
    return new AlgorithmSupport(algorithm, true, 0, longest, false);
  }

  /** Digests only. */
  public static AlgorithmSupport digestsOnly(KeyAlgorithm algorithm) {
    return new AlgorithmSupport(algorithm, false, 0, 0, true);
  }

  /** Digests, and messages up to {@code longest} bytes. */
  public static AlgorithmSupport digestsAndMessagesUpTo(KeyAlgorithm algorithm, int longest) {
    return new AlgorithmSupport(algorithm, true, 0, longest, true);
  }

  /** A wrapping algorithm, which signs nothing. */
  public static AlgorithmSupport wrapping(KeyAlgorithm algorithm) {
    return new AlgorithmSupport(algorithm, false, 0, 0, false);
  }

  /** The same for messages of at least {@code shortest} bytes. */
  public AlgorithmSupport messagesFrom(int shortest) {
    return new AlgorithmSupport(algorithm, messages, shortest, longestMessage, digests);
  }

  /** Whether the backend takes exactly this input. */
  public boolean takes(SigningInput input) {
    if (algorithm.purpose() != KeyPurpose.SIGN) {
      return false;
    }
    if (input instanceof Message message) {
      return messages && message.size() >= shortestMessage && message.size() <= longestMessage;
    }
    return digests && algorithm.digest().filter(((Digest) input).algorithm()::equals).isPresent();
  }
}
