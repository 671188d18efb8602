package dev.enclave.testkit.internal.bench;

import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.KeyPurpose;
import dev.enclave.Message;
import dev.enclave.SigningInput;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.backend.BackendDescription;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Inputs by what a description declares. Any bytes of the right length are a digest. */
public final class Inputs {

  /** A backend without a limit is not tried with more than this. */
  private static final int LONGEST_TRIED = 1 << 20;

  private static final int USUAL = 100;

  private Inputs() {}

  /** One declared input of usual size. */
  public static SigningInput declared(AlgorithmSupport support, RandomGenerator random) {
    return support.messages()
        ? message(Math.min(USUAL, support.longestMessage()), random)
        : digest(support.algorithm().digest().orElseThrow(), random);
  }

  /** Declared inputs of every kind and at the borders. */
  public static List<SigningInput> allDeclared(AlgorithmSupport support, RandomGenerator random) {
    List<SigningInput> inputs = new ArrayList<>();
    if (support.messages()) {
      inputs.add(message(support.shortestMessage(), random));
      inputs.add(message(support.shortestMessage() + 1, random));
      inputs.add(message(Math.min(LONGEST_TRIED, support.longestMessage()), random));
    }
    if (support.digests()) {
      DigestAlgorithm own = support.algorithm().digest().orElseThrow();
      inputs.add(digest(own, random));
      inputs.add(Digest.of(own, new byte[own.length()]));
    }
    return inputs;
  }

  /** Inputs the description rules out. */
  public static List<SigningInput> allUndeclared(AlgorithmSupport support, RandomGenerator random) {
    List<SigningInput> inputs = new ArrayList<>();
    if (!support.messages()) {
      inputs.add(message(USUAL, random));
    } else if (support.longestMessage() < LONGEST_TRIED) {
      inputs.add(message(support.longestMessage() + 1, random));
    }
    if (support.messages() && support.shortestMessage() > 0) {
      inputs.add(message(support.shortestMessage() - 1, random));
    }
    for (DigestAlgorithm algorithm : DigestAlgorithm.values()) {
      Digest digest = digest(algorithm, random);
      if (!support.takes(digest)) {
        inputs.add(digest);
      }
    }
    return inputs;
  }

  /**
   * The signing algorithms whose inputs differ, shortest keys first; RSA keys of all lengths take
   * the same, and long ones take long to make.
   */
  public static Collection<KeyAlgorithm> oneAlgorithmOfEachKind(BackendDescription description) {
    Map<List<Object>, KeyAlgorithm> kinds = new LinkedHashMap<>();
    description.algorithms().values().stream()
        .filter(support -> support.algorithm().purpose() == KeyPurpose.SIGN)
        .sorted(Comparator.comparing(support -> KeyAlgorithm.all().indexOf(support.algorithm())))
        .forEach(support -> kinds.putIfAbsent(kind(support), support.algorithm()));
    return kinds.values();
  }

  private static List<Object> kind(AlgorithmSupport support) {
    KeyAlgorithm algorithm = support.algorithm();
    return List.of(
        algorithm.family(),
        algorithm.family() == Family.ECDSA ? algorithm.digest() : Optional.empty(),
        support.messages(),
        support.shortestMessage(),
        support.longestMessage(),
        support.digests());
  }

  private static Message message(int size, RandomGenerator random) {
    byte[] content = new byte[size];
    random.nextBytes(content);
    return Message.of(content);
  }

  private static Digest digest(DigestAlgorithm algorithm, RandomGenerator random) {
    byte[] value = new byte[algorithm.length()];
    random.nextBytes(value);
    return Digest.of(algorithm, value);
  }
}
