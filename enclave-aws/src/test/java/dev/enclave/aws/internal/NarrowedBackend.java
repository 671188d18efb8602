package dev.enclave.aws.internal;

import dev.enclave.KeyAlgorithm;
import dev.enclave.SigningAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.aws.internal.keys.KmsScheme;
import dev.enclave.kit.BackendDecorator;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.Capability;
import dev.enclave.spi.backend.KeyImporter;
import dev.enclave.spi.backend.OrphanCollector;
import dev.enclave.spi.backend.PermissionProber;
import dev.enclave.spi.backend.SigningBackend;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The backend, saying no more than an imitation of AWS KMS can do. */
final class NarrowedBackend extends BackendDecorator {

  /** What is tried against our own server alone. */
  private static final Set<Class<? extends Capability>> BEYOND =
      Set.of(KeyImporter.class, OrphanCollector.class, PermissionProber.class);

  static final Set<BackendTrait> TRAITS = triedTraits();

  private static final Set<KeyAlgorithm> RIGHT_BY_MOTO =
      Set.of(
          SigningAlgorithm.ECDSA_P256_SHA256,
          SigningAlgorithm.ECDSA_P384_SHA384,
          SigningAlgorithm.ECDSA_P521_SHA512,
          SigningAlgorithm.ECDSA_SECP256K1_SHA256,
          SigningAlgorithm.RSA_PKCS1_2048_SHA256,
          SigningAlgorithm.RSA_PKCS1_4096_SHA512);

  private final List<AlgorithmSupport> algorithms;

  private NarrowedBackend(SigningBackend backend, List<AlgorithmSupport> algorithms) {
    super(backend);
    this.algorithms = List.copyOf(algorithms);
  }

  private static Set<BackendTrait> triedTraits() {
    Set<BackendTrait> traits = EnumSet.copyOf(TestProvider.TRAITS);
    traits.remove(BackendTrait.IMPORTS);
    traits.remove(BackendTrait.RECONCILES);
    traits.remove(BackendTrait.PROBES_PERMISSIONS);
    return Set.copyOf(traits);
  }

  /**
   * Moto has no Ed25519, hashes a digest once more, and makes PSS salts of the longest length. So
   * whole messages only, by ECDSA and RSA PKCS #1.
   */
  static NarrowedBackend byMoto(SigningBackend backend) {
    return new NarrowedBackend(
        backend,
        Stream.concat(
                RIGHT_BY_MOTO.stream()
                    .map(
                        a ->
                            AlgorithmSupport.messagesUpTo(a, KmsScheme.LONGEST_MESSAGE)
                                .messagesFrom(1)),
                Stream.of(AlgorithmSupport.wrapping(WrappingAlgorithm.AES_256_GCM)))
            .toList());
  }

  /** LocalStack has no Ed25519, and wraps by AES whatever the key is. */
  static NarrowedBackend byLocalStack(SigningBackend backend) {
    return new NarrowedBackend(
        backend,
        backend.describe().algorithms().values().stream()
            .filter(support -> support.algorithm().family() != KeyAlgorithm.Family.EDDSA)
            .filter(support -> support.algorithm().family() != KeyAlgorithm.Family.RSA_OAEP)
            .toList());
  }

  @Override
  public BackendDescription describe() {
    return super.describe().withAlgorithms(algorithms);
  }

  @Override
  public <C extends Capability> Optional<C> capability(Class<C> type) {
    return BEYOND.contains(type) ? Optional.empty() : super.capability(type);
  }

  @Override
  protected <T> T around(String operation, CallContext context, Call<T> call)
      throws BackendFailure {
    return call.run(context);
  }
}
