package dev.enclave.spi.backend;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.KeyAlgorithm;
import dev.enclave.spi.AlgorithmSupport;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a backend is and can do.
 *
 * @param id as its provider says
 * @param authority the account and region, vault, key ring or directory it works on; part of every
 *     handle, so stable
 * @param traits how it behaves; checked by the contract tests both ways. Those that follow from a
 *     capability are not declared
 * @param algorithms per algorithm what input it takes; what is absent is not offered
 * @param assuranceCeiling what its keys have at most as it is opened; none where that is what
 *     {@link BackendProvider#assuranceCeiling} says
 */
public record BackendDescription(
    BackendId id,
    String authority,
    Set<BackendTrait> traits,
    Map<KeyAlgorithm, AlgorithmSupport> algorithms,
    Optional<Assurance> assuranceCeiling) {

  /**
   * @throws IllegalArgumentException when a trait follows from a capability
   */
  public BackendDescription {
    traits = Set.copyOf(traits);
    for (BackendTrait trait : traits) {
      if (trait.capability().isPresent()) {
        throw new IllegalArgumentException(
            trait
                + " is not declared: it follows from "
                + trait.capability().get().getSimpleName()
                + ". Leave it out.");
      }
    }
    algorithms = Map.copyOf(algorithms);
  }

  /** A description with the algorithms listed, and the provider's ceiling. */
  public static BackendDescription of(
      BackendId id,
      String authority,
      Set<BackendTrait> traits,
      Collection<AlgorithmSupport> algorithms) {
    return new BackendDescription(
        id,
        authority,
        traits,
        algorithms.stream()
            .collect(Collectors.toMap(AlgorithmSupport::algorithm, Function.identity())),
        Optional.empty());
  }

  /** The same of another id. */
  public BackendDescription withId(BackendId other) {
    return new BackendDescription(other, authority, traits, algorithms, assuranceCeiling);
  }

  /** The same at another place. */
  public BackendDescription withAuthority(String other) {
    return new BackendDescription(id, other, traits, algorithms, assuranceCeiling);
  }

  /** The same with other traits. */
  public BackendDescription withTraits(Set<BackendTrait> other) {
    return new BackendDescription(id, authority, other, algorithms, assuranceCeiling);
  }

  /** The same with other algorithms. */
  public BackendDescription withAlgorithms(Collection<AlgorithmSupport> other) {
    return new BackendDescription(
        id, authority, traits, of(id, authority, traits, other).algorithms, assuranceCeiling);
  }

  /** The same with keys that have at most this. */
  public BackendDescription withAssuranceCeiling(Assurance ceiling) {
    return new BackendDescription(id, authority, traits, algorithms, Optional.of(ceiling));
  }

  /** Whether it declares the trait; never of one that follows from a capability. */
  public boolean has(BackendTrait trait) {
    return traits.contains(trait);
  }

  /** The algorithms it offers, in the order of {@link KeyAlgorithm#all()}. */
  public List<KeyAlgorithm> offered() {
    return KeyAlgorithm.all().stream().filter(algorithms::containsKey).toList();
  }

  /** What input the algorithm takes; none if it is not offered. */
  public Optional<AlgorithmSupport> support(KeyAlgorithm algorithm) {
    return Optional.ofNullable(algorithms.get(algorithm));
  }
}
